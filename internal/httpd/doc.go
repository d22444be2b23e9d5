// Package httpd is the listener: TLS, the socket for the command line, the routes
// and what holds for each of them: who asks, whether they may, forged forms, size
// and time limits, headers, and a graceful stop.
package httpd
