// Báo cáo tổng hợp.
export default {
  about: 'Mỗi con số trong báo cáo lấy thẳng từ số liệu đã ghi nhận: mở ra là thấy nguồn gốc.',
  none: 'Chưa có báo cáo tổng hợp nào. Báo cáo được lập từ mẫu sơ kết, tổng kết và hiện ở đây.',
  signed: 'Ký ban hành {date}',
  unsigned: 'Chưa ký ban hành: số liệu còn cập nhật',
  back: 'Tất cả báo cáo',
  print: 'Bản in A4',
  contents: 'Mục lục',
  hint: 'Chỉ hoặc chuyển đến một con số để xem nguồn gốc; nhấn để mở trang của số đó; phím C sao chép câu.',
  open_report: 'Mở báo cáo',
} as const
