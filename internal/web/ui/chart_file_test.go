package ui

import (
	"net/url"
	"strings"
	"testing"

	"purser"
)

// The file behind a chart has the numbers of its table, and computes nothing.
func TestAChartsTableIsAFile(t *testing.T) {
	read := func(f chartFile) string {
		t.Helper()
		text, err := url.PathUnescape(strings.TrimPrefix(string(f.href()), "data:text/csv;charset=utf-8,"))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, c := range []struct {
		file       chartFile
		name, want string
	}{
		{TrendData{Sentence: "Active: 5 in May, of 7.", First: "Week", Series: []TrendSeries{{Label: "Active"}, {Label: "Unknown", Unknown: true}},
			Points: []TrendPoint{{Label: "1 May", Values: []int64{4, 1}}, {Label: "8 May", Values: []int64{5000, 2}}}}.file(),
			"active-5-in-may-of-7.csv", "Week,Active,Unknown\n8 May,5000,2\n1 May,4,1\n"},
		{TrendData{Sentence: "Cost", First: "Month", Series: []TrendSeries{{Label: "Cost"}}, Points: []TrendPoint{{Label: "May", Values: []int64{123450}, Money: []purser.Money{{Minor: 123450, Currency: "EUR"}}}}}.file(),
			"cost.csv", "Month,Cost,Cost: currency\nMay,1234.50,EUR\n"},
		{barsFile("Open findings", []Bar{{Label: "=1+1", Value: 12345, Note: "a year"}}), "open-findings.csv", "What,Number,Note\n'=1+1,12345,a year\n"},
		{barsFile("Worth", []Bar{{Label: "Seats", Value: 100, Money: &purser.Money{Minor: 100, Currency: "EUR"}}}), "worth.csv", "What,Amount,Currency,Note\nSeats,1.00,EUR,\n"},
		{shareFile("Half", []Share{{Label: "Never", Value: 3}}), "half.csv", "What,Number\nNever,3\n"},
	} {
		if got := read(c.file); got != c.want || c.file.name() != c.name {
			t.Errorf("%s is %q, want %q", c.file.name(), got, c.want)
		}
	}
}
