// Package oracle holds tests alone: a generator makes an organization with planted
// facts and works out every number by itself, from its own records; what the
// product says must be equal to it, on both databases.
package oracle
