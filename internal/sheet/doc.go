// Package sheet reads the rows of a file that people hand over: CSV with any
// delimiter and encoding, JSON Lines, or an Excel workbook, each also packed by
// gzip. It reads in a stream: memory does not grow with the file. It knows
// neither mappings nor databases.
package sheet
