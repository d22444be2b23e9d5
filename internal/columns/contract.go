package columns

// contractSynonyms are the names of columns that mean a field of a contract.
func contractSynonyms(field string) []string {
	own := []string{plain(field)}
	switch field {
	case "external_id":
		return append(own, "id", "contractid", "contractnumber")
	case "name":
		return append(own, "contract", "contractname", "title", "agreement")
	case "vendor":
		return append(own, "supplier", "vendorname", "suppliername", "provider", "seller")
	case "applications":
		return append(own, "application", "apps", "app", "product", "products", "software")
	case "start":
		return append(own, "startdate", "starts", "begin", "begins", "startson", "effectivedate", "termstart", "from")
	case "end":
		return append(own, "enddate", "ends", "endson", "expires", "expiry", "expirationdate", "termend", "renewaldate", "until")
	case "term_months":
		return append(own, "term", "months", "length", "duration")
	case "notice":
		return append(own, "noticeperiod", "noticedays", "cancellationperiod", "cancellationnotice")
	case "auto_renew":
		return append(own, "autorenewal", "automaticrenewal", "renewsautomatically", "renewsbyitself")
	case "true_down":
		return append(own, "truedown", "reductionfrom", "reducefrom", "stepdown")
	case "renewal_months":
		return append(own, "renewalterm")
	case "uplift":
		return append(own, "priceincrease", "upliftpercent", "increase")
	case "payment":
		return append(own, "paymentschedule", "paymentterms", "paid")
	case "po_number":
		return append(own, "po", "purchaseorder", "ordernumber", "order")
	case "owner":
		return append(own, "owneremail", "contractowner", "responsible")
	case "contact_name":
		return append(own, "contact", "vendorcontact", "accountmanager")
	case "contact_email":
		return append(own, "vendoremail")
	case "cost_centers":
		return append(own, "costcenter", "costcentre", "costcentres", "allocation")
	case "plan":
		return append(own, "planname", "sku", "license", "edition", "item")
	case "per":
		return append(own, "pricing", "metric")
	case "quantity":
		return append(own, "seats", "licenses", "users", "units", "qty")
	case "price":
		return append(own, "unitprice", "priceperuser", "priceperseat", "unitcost", "cost")
	case "currency":
		return append(own, "currencycode", "ccy")
	case "billing":
		return append(own, "billingperiod", "billingcycle", "billed", "billingfrequency", "frequency")
	case "note":
		return append(own, "notes", "comment", "comments", "remarks")
	}
	return own
}
