// Package action changes things at vendors: it plans what a connector's manifest
// declares for one or many accounts, shows the exact requests, asks for a second
// person where that is set, sends the requests and lets the next reading prove
// them.
//
// What state a target is in stands in the database before and after each request.
// A request of which nobody knows whether it arrived is sent again only where the
// vendor takes it twice without harm; otherwise the next reading tells.
package action
