package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// day is how a calendar date without a zone is written.
func day(t time.Time) string { return t.Format("2006-01-02T00:00:00") }

func midnight(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// document writes what bills, credits and bank transactions have in common.
func (l *ledger) document(p *paper, lines bool) obj {
	o := obj{"Type": p.kind, "Status": p.status, "Contact": l.contactOf(p.payee), "Date": msdate(midnight(p.date)), "DateString": day(p.date),
		"CurrencyCode": p.currency, "CurrencyRate": json.Number(p.rate), "LineAmountTypes": "Exclusive", "SubTotal": amount(p.cents), "TotalTax": amount(p.tax),
		"Total": amount(p.cents + p.tax), "UpdatedDateUTC": msdate(p.updated), "HasAttachments": p.n%4 == 0}
	if lines {
		o["LineItems"] = l.lineItems(p)
	} else {
		o["LineItems"] = []obj{}
	}
	return o
}

func (l *ledger) invoice(p *paper, lines bool) obj {
	o := l.document(p, lines)
	o["InvoiceID"], o["InvoiceNumber"], o["DueDate"], o["DueDateString"] = l.id("invoice", p.n), p.number, msdate(midnight(p.due)), day(p.due)
	o["AmountDue"], o["AmountPaid"], o["AmountCredited"], o["IsDiscounted"], o["HasErrors"] = amount(p.cents+p.tax), amount(0), amount(0), false, false
	if p.kind == "ACCREC" {
		o["Reference"] = "PO-" + p.number
	}
	if !p.paid.IsZero() {
		o["AmountDue"], o["AmountPaid"], o["FullyPaidOnDate"] = amount(0), amount(p.cents+p.tax), msdate(midnight(p.paid))
	}
	return o
}

func (l *ledger) creditNote(p *paper, lines bool) obj {
	o := l.document(p, lines)
	o["CreditNoteID"], o["CreditNoteNumber"], o["RemainingCredit"], o["HasErrors"] = l.id("credit", p.n), p.number, amount(p.cents+p.tax), false
	return o
}

func (l *ledger) bankTransaction(p *paper, lines bool) obj {
	o := l.document(p, lines)
	o["BankTransactionID"], o["IsReconciled"], o["Reference"] = l.id("bank", p.n), p.n%3 != 0, p.statement()
	o["BankAccount"] = obj{"AccountID": l.id("account", 1), "Code": "090", "Name": "Business Card"}
	return o
}

// since reads the header by which deltas are asked for.
func (z *xero) since(x *exchange) (time.Time, bool) {
	raw := x.r.Header.Get("If-Modified-Since")
	if raw == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, http.TimeFormat} {
		if t, err := time.Parse(layout, raw); err == nil {
			return t, true
		}
	}
	z.refuse(x, http.StatusBadRequest, "If-Modified-Since is not a time")
	return time.Time{}, false
}

// dated is a row of a list with when it changed.
type dated struct {
	updated time.Time
	view    obj
}

// page filters by where and time, orders, and answers with one page.
func (z *xero) page(x *exchange, key string, attrs, orders []string, rows []dated) {
	since, ok := z.since(x)
	if !ok {
		return
	}
	cond := condition(func(func(string) (string, bool)) bool { return true })
	if where := x.q.Get("where"); where != "" {
		var err error
		if cond, err = parseFilter(where, func(n string) bool { return slices.Contains(attrs, n) }); err != nil {
			z.refuse(x, http.StatusBadRequest, err.Error())
			return
		}
	}
	rows = slices.DeleteFunc(rows, func(d dated) bool {
		return d.updated.Before(since) || x.fault == EmptyList || !cond(func(n string) (string, bool) {
			if s, ok := d.view[n+"String"].(string); ok { // dates compare as days
				return s[:10], true
			}
			return attribute(d.view, n)
		})
	})
	if !z.sort(x, orders, rows) {
		return
	}
	body := obj{"Id": guid(mix(uint64(x.now.UnixNano()))), "Status": "OK", "ProviderName": "Purser", "DateTimeUTC": msdate(x.now)}
	if x.q.Has("page") || x.q.Has("pageSize") {
		size, ok := x.number("pageSize", 100, 1, 1000)
		if !ok {
			return
		}
		page, ok := x.number("page", 1, 1, 1<<20)
		if !ok {
			return
		}
		if x.fault == RepeatToken {
			page = 1
		}
		count := (len(rows) + size - 1) / size
		if x.fault == RepeatToken { // it stays on the first page and never ends
			count = max(count, 2)
		}
		body["pagination"] = obj{"page": page, "pageSize": size, "pageCount": count, "itemCount": len(rows)}
		rows = rows[min((page-1)*size, len(rows)):min(page*size, len(rows))]
	}
	views := []obj{}
	for _, r := range rows {
		views = append(views, r.view)
	}
	body[key] = views
	x.json(http.StatusOK, body)
}

func (z *xero) sort(x *exchange, orders []string, rows []dated) bool {
	order := strings.Fields(x.q.Get("order"))
	if len(order) == 0 {
		return true
	}
	if len(order) > 2 || !slices.Contains(orders, order[0]) || (len(order) == 2 && order[1] != "ASC" && order[1] != "DESC") {
		z.refuse(x, http.StatusBadRequest, "order")
		return false
	}
	slices.SortStableFunc(rows, func(a, b dated) int {
		c := a.updated.Compare(b.updated)
		if order[0] != "UpdatedDateUTC" {
			left, _ := attribute(a.view, defaultedKey(a.view, order[0]))
			right, _ := attribute(b.view, defaultedKey(b.view, order[0]))
			c = strings.Compare(left, right)
		}
		if len(order) == 2 && order[1] == "DESC" {
			c = -c
		}
		return c
	})
	return true
}

// defaultedKey is the readable twin of a date where there is one.
func defaultedKey(o obj, name string) string {
	if _, ok := o[name+"String"]; ok {
		return name + "String"
	}
	return name
}

func (z *xero) papers(x *exchange, l *ledger, key string, docs []*paper, view func(*paper, bool) obj) {
	var rows []dated
	for _, p := range docs {
		rows = append(rows, dated{p.updated, view(p, x.q.Has("page") && x.q.Get("summaryOnly") != "true")})
	}
	z.page(x, key, []string{"Type", "Status", "Date", "DueDate", "InvoiceNumber", "CreditNoteNumber", "Reference", "CurrencyCode", "Contact.ContactID", "Contact.Name"},
		[]string{"UpdatedDateUTC", "Date", "DueDate", "InvoiceNumber", "InvoiceID", "CreditNoteID", "BankTransactionID"}, rows)
}

func (z *xero) invoices(x *exchange, l *ledger) {
	if x.only("where", "order", "IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "page", "includeArchived", "createdByMyApp", "unitdp", "summaryOnly", "pageSize", "searchTerm") {
		bills := l.bills
		if st := x.q.Get("Statuses"); st != "" {
			bills = slices.DeleteFunc(slices.Clone(bills), func(p *paper) bool { return !slices.Contains(strings.Split(st, ","), p.status) })
		}
		if ids := x.q.Get("IDs"); ids != "" {
			bills = slices.DeleteFunc(slices.Clone(bills), func(p *paper) bool { return !slices.Contains(strings.Split(ids, ","), l.id("invoice", p.n)) })
		}
		z.papers(x, l, "Invoices", bills, l.invoice)
	}
}

func (z *xero) creditNotes(x *exchange, l *ledger) {
	if x.only("where", "order", "page", "unitdp", "pageSize") {
		z.papers(x, l, "CreditNotes", l.credits, l.creditNote)
	}
}

func (z *xero) bankTransactions(x *exchange, l *ledger) {
	if x.only("where", "order", "page", "unitdp", "pageSize") {
		z.papers(x, l, "BankTransactions", l.spends, l.bankTransaction)
	}
}

func (z *xero) contacts(x *exchange, l *ledger) {
	if !x.only("where", "order", "IDs", "page", "includeArchived", "summaryOnly", "searchTerm", "pageSize") {
		return
	}
	var rows []dated
	for i, p := range l.payees {
		if p.archived && x.q.Get("includeArchived") != "true" {
			continue
		}
		status := map[bool]string{true: "ARCHIVED", false: "ACTIVE"}[p.archived]
		c := obj{"ContactID": l.id("contact", i), "ContactStatus": status, "Name": p.name, "IsSupplier": p.supplier, "IsCustomer": !p.supplier,
			"UpdatedDateUTC": msdate(p.updated), "HasAttachments": false, "HasValidationErrors": false}
		if p.email != "" {
			c["EmailAddress"] = p.email
		} else if i%3 == 0 {
			c["EmailAddress"] = ""
		}
		rows = append(rows, dated{p.updated, c})
	}
	z.page(x, "Contacts", []string{"Name", "ContactStatus", "IsSupplier", "IsCustomer", "EmailAddress"}, []string{"UpdatedDateUTC", "Name", "ContactID"}, rows)
}

func (z *xero) organisation(x *exchange, l *ledger) {
	if !x.only() {
		return
	}
	x.json(http.StatusOK, obj{"Organisations": []obj{{"OrganisationID": l.tenantID, "Name": l.name, "LegalName": l.name, "PaysTax": true, "OrganisationType": "COMPANY",
		"Version": map[string]string{"GB": "UK", "US": "US"}[l.country], "BaseCurrency": l.currency, "CountryCode": l.country, "IsDemoCompany": false,
		"OrganisationStatus": "ACTIVE", "Timezone": "GMTSTANDARDTIME", "ShortCode": "!SBX" + pad(l.n, 2), "Edition": "BUSINESS", "Class": "STANDARD",
		"FinancialYearEndDay": 31, "FinancialYearEndMonth": 12, "CreatedDateUTC": msdate(z.s.company.Today.AddDate(-4, 0, 0))}}})
}

// keepsBooks says whether somebody is a user of the books.
func keepsBooks(p *Person) bool {
	return p.N == 1 || p.Department == "Finance" && p.Employment != Future
}

func (z *xero) users(x *exchange, l *ledger) {
	if !x.only("where", "order") {
		return
	}
	roles := []string{"FINANCIALADVISER", "STANDARD", "INVOICEONLY", "READONLY"}
	var rows []dated
	for _, p := range z.s.company.People {
		if !keepsBooks(p) {
			continue
		}
		rows = append(rows, dated{p.Changed, obj{"UserID": l.id("user", p.N), "EmailAddress": p.Email, "FirstName": p.Given, "LastName": p.Family,
			"UpdatedDateUTC": msdate(p.Changed), "IsSubscriber": p.N == 1, "OrganisationRole": roles[p.N%len(roles)]}})
	}
	z.page(x, "Users", []string{"EmailAddress", "OrganisationRole", "IsSubscriber"}, []string{"UpdatedDateUTC", "LastName"}, rows)
}
