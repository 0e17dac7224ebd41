// Số liệu mâu thuẫn.
export default {
  about: 'Các số liệu của cùng một chỉ tiêu, cùng phạm vi và kỳ mà nói khác nhau. Tất cả đều được giữ; chỗ khác nhau cần giải trình.',
  none: 'Không có số liệu nào mâu thuẫn với nhau.',
  filter: 'Lọc theo chỉ tiêu hoặc nguồn',
  none_match: 'Không có mâu thuẫn nào khớp “{q}”.',
  count: '{n} trường hợp',
  open: 'Mở trang số liệu',
} as const
