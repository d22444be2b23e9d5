package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// ledger is one organisation's books.
type ledger struct {
	n                            int
	tenantID, connectionID, name string
	currency, country            string
	payees                       []payee
	bills, credits, spends       []*paper
}

type payee struct {
	name, email string
	supplier    bool
	archived    bool
	updated     time.Time
	currency    string
	account     string
	cents       int64
}

// paper is a bill, a credit note or a bank transaction.
type paper struct {
	n               int
	kind, status    string
	payee           int
	number          string
	date, due, paid time.Time
	updated         time.Time
	currency        string
	rate            string
	cents, tax      int64
	lines           []paperLine
	card            bool
}

type paperLine struct {
	text, account, department string
	cents                     int64
}

func newLedger(c *Company, n int, name, currency, country string) *ledger {
	l := &ledger{n: n, name: name, currency: currency, country: country, tenantID: guid(mix(c.seed, salt("tenant"), uint64(n))),
		connectionID: guid(mix(c.seed, salt("connection"), uint64(n)))}
	d := newDice(c.seed, salt("ledger"), uint64(n))
	for _, v := range []struct {
		name, currency string
		cents          int64
	}{{"Slack Technologies", "USD", 218_700}, {"Okta, Inc.", "USD", 390_000}, {"Google Cloud EMEA", "EUR", 312_840}, {"Bamboo HR LLC", "USD", 162_500},
		{"Xero", "GBP", 5_900}, {"Salesforce UK Limited", "GBP", 1_020_000}, {"Zoom Video Communications", "USD", 149_900}, {"GitHub, Inc.", "USD", 105_000},
		{"Atlassian Pty Ltd", "USD", 88_350}, {"Figma Inc", "USD", 67_500}, {"NOTION LABS, INC", "USD", 32_000}, {"DATADOG INC", "USD", 248_013},
		{"HubSpot Ireland Limited", "EUR", 184_000}, {"Zendesk", "USD", 55_200}, {"DocuSign", "GBP", 41_600}, {"AgileBits 1Password", "USD", 79_900},
		{"Miro", "USD", 20_000}, {"Grammarly", "USD", 14_400}, {"MAILCHIMP *MISC", "USD", 6_050}, {"Amazon Web Services EMEA", "USD", 1_904_477},
		{"Dropbox International", "EUR", 19_900}, {"Canva Pty Ltd", "USD", 11_990}, {"Office Chairs & Desks", "GBP", 240_000}, {"Riverside Catering", "GBP", 61_250},
		{"City Water", "GBP", 8_811}, {hostileTexts()[5], "GBP", 1_000}, {hostileTexts()[0], "GBP", 2_000}, {"Japan Stationery KK", "JPY", 1_250_000}} {
		l.payees = append(l.payees, payee{name: v.name, currency: v.currency, cents: v.cents, supplier: true, account: pick(d, []string{"463", "429", "485"}),
			updated: c.Today.AddDate(0, 0, -d.intn(300)), archived: v.name == "Riverside Catering"})
	}
	for i := range 6 {
		l.payees = append(l.payees, payee{name: fmt.Sprintf("Customer %d", i+1), email: fmt.Sprintf("billing%d@customer.example.com", i+1), currency: currency, cents: 500_000,
			updated: c.Today.AddDate(0, 0, -d.intn(300))})
	}
	for month := -14; month <= 0; month++ {
		for i := range l.payees {
			l.month(c, d, i, month)
		}
	}
	return l
}

// month adds what one payee sends in a month.
func (l *ledger) month(c *Company, d *dice, i, month int) {
	p := l.payees[i]
	if d.chance(0.25) {
		return
	}
	date := c.Today.AddDate(0, month, -d.intn(27))
	cents := p.cents + int64(d.intn(2000)) - 1000
	rate := "1"
	if p.currency != l.currency {
		rate = map[string]string{"USD": "1.2701", "EUR": "1.1714", "JPY": "191.55", "GBP": "0.7873"}[p.currency]
	}
	doc := &paper{kind: "ACCPAY", status: "PAID", payee: i, date: date, due: date.AddDate(0, 0, 30), currency: p.currency, rate: rate, cents: max(cents, 100)}
	doc.updated = date.Add(time.Duration(d.intn(86400)) * time.Second)
	if doc.updated.After(c.Today) {
		doc.updated = c.Today
	}
	doc.tax = doc.cents / 5
	doc.lines = []paperLine{{"Subscription " + date.Format("January 2006"), p.account, pick(d, departments()).name, doc.cents - doc.cents/10}, {"Usage", p.account, "", doc.cents / 10}}
	switch {
	case !p.supplier:
		doc.kind = "ACCREC"
	case d.chance(0.3):
		doc.kind, doc.card = "SPEND", true
	}
	switch d.intn(20) {
	case 0:
		doc.status = "DRAFT"
	case 1:
		doc.status = "VOIDED"
	case 2, 3, 4:
		doc.status = "AUTHORISED"
	case 5:
		doc.status = "DELETED"
	}
	if doc.status == "PAID" {
		doc.paid = doc.due
	}
	if doc.card {
		if doc.status != "VOIDED" && doc.status != "DELETED" {
			doc.status = "AUTHORISED"
		}
		doc.kind = []string{"SPEND", "SPEND", "SPEND", "SPEND", "SPEND-TRANSFER", "RECEIVE"}[d.intn(6)]
		doc.n = len(l.spends)
		l.spends = append(l.spends, doc)
		return
	}
	doc.n = len(l.bills)
	doc.number = "INV-" + pad(1000+doc.n, 6)
	l.bills = append(l.bills, doc)
	if d.chance(0.06) {
		credit := *doc
		credit.kind, credit.n, credit.number, credit.cents = doc.kind+"CREDIT", len(l.credits), "CN-"+pad(len(l.credits), 4), doc.cents/4
		credit.tax, credit.status = credit.cents/5, "AUTHORISED"
		credit.lines = []paperLine{{"Credit", p.account, "", credit.cents}}
		l.credits = append(l.credits, &credit)
	}
}

// amount writes minor units as the JSON number that they are here.
func amount(cents int64) json.Number {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return json.Number(sign + strconv.FormatInt(cents/100, 10) + "." + pad(int(cents%100), 2))
}

func (l *ledger) id(kind string, n int) string {
	return guid(mix(salt(l.tenantID), salt(kind), uint64(n)))
}

func (l *ledger) contactOf(i int) obj {
	return obj{"ContactID": l.id("contact", i), "Name": l.payees[i].name, "HasValidationErrors": false}
}

func (l *ledger) lineItems(p *paper) []obj {
	out := []obj{}
	for i, line := range p.lines {
		it := obj{"LineItemID": l.id("line "+p.kind, p.n*10+i), "Description": line.text, "Quantity": json.Number("1.0000"), "UnitAmount": amount(line.cents),
			"LineAmount": amount(line.cents), "TaxAmount": amount(line.cents / 5), "AccountCode": line.account, "TaxType": "INPUT2", "Tracking": []obj{}}
		if line.department != "" {
			it["Tracking"] = []obj{{"TrackingCategoryID": l.id("category", 0), "Name": "Department", "Option": line.department}}
		}
		out = append(out, it)
	}
	return out
}
