// The first page of everybody.
export default {
  empty: 'Nothing waits for you now. Forms that fall due, come back or wait to be received appear here.',
  progress_title: 'Reports for {period}',
  progress: '{have}/{expected} bodies have begun',
  progress_open: 'See who has not sent yet',
  do_enter: 'Enter figures',
  do_sign: 'Check and sign',
  do_returned: 'Correct and resend',
  do_receive: 'Receive',
  do_late: 'Enter now',
  do_unsent: 'Open the form',
  do_supplied: 'Look and accept',
  do_read: 'Open',
  do_extend: 'Read and answer',
  do_explain: 'Explain',
  do_explained: 'See the explanation',
  do_remind: 'Remind',
} as const
