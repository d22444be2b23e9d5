package purser_test

import (
	"testing"

	"purser"
)

func TestMoneyIsWrittenForPeopleInGroupsAndForProgramsWithout(t *testing.T) {
	for _, c := range []struct {
		minor            int64
		currency         string
		people, programs string
	}{
		{2772000, "USD", "27,720.00 USD", "27720.00"}, {99999, "EUR", "999.99 EUR", "999.99"}, {100000, "EUR", "1,000.00 EUR", "1000.00"},
		{-123456789, "EUR", "-1,234,567.89 EUR", "-1234567.89"}, {-99999, "EUR", "-999.99 EUR", "-999.99"}, {-100000, "EUR", "-1,000.00 EUR", "-1000.00"},
		{1234567, "JPY", "1,234,567 JPY", "1234567"}, {-1, "KWD", "-0.001 KWD", "-0.001"}, {0, "EUR", "0.00 EUR", "0.00"},
		{-9223372036854775808, "EUR", "-92,233,720,368,547,758.08 EUR", "-92233720368547758.08"},
	} {
		m := purser.Money{Minor: c.minor, Currency: c.currency}
		if m.String() != c.people || m.Decimal() != c.programs {
			t.Errorf("%d %s is %q and %q, want %q and %q", c.minor, c.currency, m.String(), m.Decimal(), c.people, c.programs)
		}
	}
	if got := purser.SumsText([]purser.Money{{Minor: 123400, Currency: "EUR"}, {Minor: 5, Currency: "JPY"}}); got != "1,234.00 EUR + 5 JPY" {
		t.Errorf("sums are %q", got)
	}
}
