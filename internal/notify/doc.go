// Package notify tells people what changed: by e-mail, to webhooks and to chats.
//
// A notice and its deliveries are written in the transaction of the change that
// they tell of (Post): they are lost with it or kept with it. A worker sends what
// waits (Serve) and notes that it begins before the other side can have taken
// anything. Killed before that mark, it sends after the restart; killed after it,
// nobody can know whether a mail was taken: the delivery is then unsure, is never
// sent again by itself, and is shown with a button. So nobody is told twice, and
// nothing is lost unseen. A webhook is sent again instead, with the same
// identifier, by which its receiver knows it.
package notify
