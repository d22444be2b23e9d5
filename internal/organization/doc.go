// Package organization knows what an admin says of the organization: its name,
// mail domains, currency, time zone and fiscal year; and how far getting started is.
package organization
