// Package connect is the life of a connection: the catalog, what a connector
// would read before anything is entered, the draft, its credential, the trip to
// the vendor's consent page, the live test, the confirmation, and every change
// of a connected instance until it is switched off.
//
// Each method asks the gate for one operation and writes its audit entry in the
// transaction of the change. Refused input is a *purser.Problem that names the
// field; what a vendor refuses is a *purser.Error told in words (see words.go).
package connect
