// Package license says what is bought, assigned, used and spare of license plans:
// those that vendors tell, and those that are entered by hand. What is entered
// beside a vendor's plan, such as a price and the period that it pays for, is kept
// by the vendor's own identifier.
package license
