package columns

import (
	"slices"
	"strings"
	"unicode"

	"purser"
	"purser/internal/sheet"
)

// Suggest proposes a mapping by the names of the columns and some rows of the
// file. What it is not sure of is left out: a person decides.
func Suggest(k purser.Kind, header []string, rows []sheet.Row) Mapping {
	m := Mapping{Kind: k}
	used := map[string]bool{}
	for _, f := range purser.Fields(k) {
		for _, column := range header {
			if !used[column] && slices.Contains(synonyms(k, f.Name), plain(column)) {
				m.Fields = append(m.Fields, Field{Name: f.Name, Column: column})
				used[column] = true
				break
			}
		}
	}
	named := m.Names()
	has := func(name string) bool { return slices.Contains(named, name) }
	if !has("display_name") && slices.ContainsFunc(purser.Fields(k), func(f purser.Field) bool { return f.Name == "display_name" }) {
		if join := both(header, "firstname", "lastname"); join != nil {
			m.Fields = append(m.Fields, Field{Name: "display_name", Join: join})
		} else if join := both(header, "givenname", "familyname", "surname"); join != nil {
			m.Fields = append(m.Fields, Field{Name: "display_name", Join: join})
		}
	}
	if !has("external_id") && purser.Fields(k)[0].Mandatory {
		switch {
		case k == purser.KindTransaction:
			m.Fields = slices.Insert(m.Fields, 0, Field{Name: "external_id", Derived: true})
		case has("employee_number"):
			m.Fields = slices.Insert(m.Fields, 0, Field{Name: "external_id", Column: columnOf(m, "employee_number")})
		case has("email"):
			m.Fields = slices.Insert(m.Fields, 0, Field{Name: "external_id", Column: columnOf(m, "email")})
		case has("name") && (k == purser.KindGroup || k == purser.KindApplication || k == purser.KindPlan):
			m.Fields = slices.Insert(m.Fields, 0, Field{Name: "external_id", Column: columnOf(m, "name")})
		}
	}
	m.Dates, m.Decimal = manner(m, header, rows)
	return m
}

func columnOf(m Mapping, field string) string {
	for _, f := range m.Fields {
		if f.Name == field {
			return f.Column
		}
	}
	return ""
}

// plain is a column's name without signs and capitals.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func both(header []string, first string, last ...string) []string {
	a := slices.IndexFunc(header, func(h string) bool { return plain(h) == first })
	b := slices.IndexFunc(header, func(h string) bool { return slices.Contains(last, plain(h)) })
	if a < 0 || b < 0 {
		return nil
	}
	return []string{header[a], header[b]}
}

// manner finds how dates and decimals are written, where the rows leave no doubt.
func manner(m Mapping, header []string, rows []sheet.Row) (dates, decimal string) {
	kinds := purser.Fields(m.Kind)
	for _, f := range m.Fields {
		i := slices.IndexFunc(kinds, func(k purser.Field) bool { return k.Name == f.Name })
		at := place(header, f.Column)
		if i < 0 || at < 0 {
			continue
		}
		for _, row := range rows {
			if at >= len(row.Cells) {
				continue
			}
			cell := strings.TrimSpace(row.Cells[at])
			switch kinds[i].Type {
			case purser.Date, purser.Time, purser.UseDate:
				if x := numeric.FindStringSubmatch(cell); x != nil && dates == "" {
					switch {
					case len(x[1]) == 2 && x[1] > "12":
						dates = "dmy"
					case len(x[3]) == 2 && x[3] > "12":
						dates = "mdy"
					}
				}
			case purser.Minor, purser.Decimal:
				comma, point := strings.LastIndex(cell, ","), strings.LastIndex(cell, ".")
				if comma > point && (point >= 0 || len(cell)-comma != 4) {
					decimal = ","
				}
			}
		}
	}
	return dates, decimal
}

// synonyms are the names of columns, without signs and capitals, that mean a field.
func synonyms(k purser.Kind, field string) []string {
	if k == purser.KindContract {
		return contractSynonyms(field)
	}
	own := []string{plain(field)}
	switch field {
	case "external_id":
		switch k {
		case purser.KindPerson:
			return append(own, "id", "employeeid", "personid", "workerid", "personnelnumber", "uniqueid")
		case purser.KindTransaction:
			return append(own, "id", "transactionid", "transactionnumber", "billid")
		case purser.KindGroup:
			return append(own, "id", "groupid", "teamid")
		case purser.KindApplication:
			return append(own, "id", "applicationid", "appid", "appinstanceid")
		case purser.KindPlan:
			return append(own, "id", "sku", "skuid", "planid", "licenseid")
		}
		return append(own, "id", "userid", "uniqueid", "accountid", "uid", "guid")
	case "email":
		return append(own, "emailaddress", "mail", "workemail", "primaryemail", "useremail", "primaryemailaddress", "businessemail")
	case "user_name":
		return append(own, "login", "userprincipalname", "upn", "loginname", "samaccountname", "account")
	case "display_name":
		return append(own, "name", "fullname", "employeename")
	case "status":
		return append(own, "state", "accountstatus", "userstatus", "active", "enabled", "isactive")
	case "employment":
		return append(own, "status", "employmentstatus", "state", "active", "workerstatus")
	case "employee_number", "employee_id":
		return append(own, "employeenumber", "employeeid", "personnelnumber", "employeeno", "staffid")
	case "department":
		return append(own, "dept", "departmentname", "team", "orgunit")
	case "cost_center":
		return append(own, "costcentre", "costcentercode")
	case "title":
		return append(own, "jobtitle", "position")
	case "manager":
		return append(own, "manageremail", "managerid", "supervisor", "reportsto")
	case "location":
		return append(own, "office", "site", "city", "worklocation")
	case "started_on":
		return append(own, "startdate", "hiredate", "start", "dateofhire", "joined")
	case "ended_on":
		return append(own, "enddate", "terminationdate", "end", "leavingdate", "lastday")
	case "created_at":
		return append(own, "created", "createdon", "datecreated", "creationdate", "addedon", "activatedat")
	case "last_active_at":
		return append(own, "lastactive", "lastlogin", "lastsignin", "lastlogindate", "lastseen", "lastactivity", "lastlogon", "lastactivedate")
	case "role":
		return append(own, "roles", "accountrole", "usertype")
	case "admin":
		return append(own, "isadmin", "administrator")
	case "mfa":
		return append(own, "2fa", "mfaenabled", "twofactor", "twofactorenabled", "2fastatus")
	case "name":
		switch k {
		case purser.KindGroup:
			return append(own, "group", "groupname", "teamname")
		case purser.KindApplication:
			return append(own, "application", "applicationname", "app", "appname")
		case purser.KindPlan:
			return append(own, "plan", "planname", "license", "licensename", "skuname", "product")
		}
	case "account":
		return append(own, "user", "userid", "email", "useremail", "member", "accountid", "uniqueid")
	case "group":
		return append(own, "groupid", "groupname", "team")
	case "plan":
		return append(own, "sku", "license", "planid")
	case "application":
		return append(own, "app", "appid", "applicationid")
	case "at":
		return append(own, "date", "time", "timestamp", "occurred", "eventtime", "occurredat", "when")
	case "event":
		return append(own, "action", "activity", "eventtype", "type")
	case "bought":
		return append(own, "quantity", "seats", "licenses", "purchased", "total")
	case "used":
		return append(own, "inuse", "assigned", "consumed")
	case "price":
		return append(own, "unitprice", "cost", "priceperseat", "amount")
	case "renews_at":
		return append(own, "renewaldate", "renewal", "expires", "enddate", "termend")
	case "date":
		return append(own, "transactiondate", "invoicedate", "postingdate", "expensedate", "bookingdate", "valuedate")
	case "due_on":
		return append(own, "duedate", "due")
	case "payee":
		return append(own, "vendor", "vendorname", "supplier", "suppliername", "merchant", "merchantname", "payeename")
	case "document":
		return append(own, "invoicenumber", "invoice", "documentnumber", "reference", "invoiceno")
	case "description":
		return append(own, "memo", "text", "details", "purpose", "narrative", "comment")
	case "amount":
		return append(own, "total", "value", "grossamount", "transactionamount", "expenseamount", "totalamount")
	case "currency":
		return append(own, "currencycode", "ccy", "iso")
	}
	return own
}
