// The first page of everybody.
export default {
  empty: 'Hiện không có việc nào chờ bạn. Khi có biểu đến hạn, bị trả lại hoặc cần tiếp nhận, việc sẽ hiện ở đây.',
  progress_title: 'Báo cáo {period}',
  progress: '{have}/{expected} đơn vị đã có số liệu',
  progress_open: 'Xem đơn vị nào chưa gửi',
  do_enter: 'Nhập số liệu',
  do_sign: 'Xem và ký',
  do_returned: 'Sửa và gửi lại',
  do_receive: 'Tiếp nhận',
  do_late: 'Nhập ngay',
  do_unsent: 'Mở biểu',
  do_supplied: 'Xem và nhận',
  do_read: 'Mở',
  do_extend: 'Xem và trả lời',
  do_explain: 'Giải trình',
  do_explained: 'Xem giải trình',
  do_remind: 'Nhắc đến hạn',
} as const
