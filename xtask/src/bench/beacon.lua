-- The bytes of a beacon, each with a name of its own; QUANTRAC_DEPTH of them go together.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  depth = tonumber(os.getenv("QUANTRAC_DEPTH") or "1")
  local run = os.getenv("QUANTRAC_RUN") or "0"
  body = '{"key":"mau52quantracdemo","event":"view","service":"1.004206","id":"w' .. run .. '-' .. number .. '-'
  count = 100000000
  local length = #body + 9 + 2
  head = "POST /api/v1/events HTTP/1.1\r\nHost: quantrac\r\nOrigin: http://127.0.0.1:8099\r\n"
    .. "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\r\n"
    .. "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " .. length .. "\r\n\r\n"
end

function request()
  if depth == 1 then
    count = count + 1
    return head .. body .. count .. '"}'
  end
  local all = {}
  for one = 1, depth do
    count = count + 1
    all[one] = head .. body .. count .. '"}'
  end
  return table.concat(all)
end
