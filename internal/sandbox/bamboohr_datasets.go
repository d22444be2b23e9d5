package sandbox

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const bambooDataset = "employees"

func (b *bamboo) datasets(x *exchange) {
	if x.only() {
		x.json(http.StatusOK, obj{"datasets": []obj{{"name": bambooDataset, "label": "Employees"}}})
	}
}

func (b *bamboo) datasetFields(x *exchange) {
	if !x.only("page", "page_size") {
		return
	}
	if x.r.PathValue("name") != bambooDataset {
		b.refuse(x, http.StatusUnprocessableEntity, "there is no such dataset")
		return
	}
	size, ok := x.number("page_size", 500, 1, 1000)
	if !ok {
		return
	}
	page, ok := x.number("page", 1, 1, 1<<20)
	if !ok {
		return
	}
	all := bambooFields()
	pages := (len(all) + size - 1) / size
	page = min(page, pages) // what is out of range is clamped
	fields := []obj{}
	for _, f := range all[(page-1)*size : min(page*size, len(all))] {
		fields = append(fields, obj{"name": f.name, "label": f.label, "parentType": "section", "parentName": "Personal", "entityName": "Employee"})
	}
	x.json(http.StatusOK, obj{"name": bambooDataset, "label": "Employees", "fields": fields,
		"pagination": obj{"total_records": len(all), "current_page": page, "total_pages": pages, "next_page": nil, "prev_page": nil}})
}

type bambooQuery struct {
	Fields   []string `json:"fields"`
	Filter   *string  `json:"filter"`
	OrderBy  *string  `json:"orderBy"`
	Page     *int     `json:"page"`
	PageSize *int     `json:"pageSize"`
}

func (b *bamboo) data(x *exchange) {
	if !x.only() {
		return
	}
	if x.r.PathValue("name") != bambooDataset {
		b.refuse(x, http.StatusNotFound, "there is no such dataset")
		return
	}
	var q bambooQuery
	dec := json.NewDecoder(strings.NewReader(string(x.body)))
	if !b.s.opts.Lenient {
		dec.DisallowUnknownFields()
	}
	if kind, _, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type")); kind != "application/json" || dec.Decode(&q) != nil || len(q.Fields) == 0 {
		b.refuse(x, http.StatusBadRequest, "the body must be JSON with fields, and perhaps filter, orderBy, page and pageSize")
		return
	}
	page, size := 1, 100
	if q.Page != nil {
		page = *q.Page
	}
	if q.PageSize != nil {
		size = *q.PageSize
	}
	for _, f := range q.Fields {
		if !knownField(f) {
			b.refuse(x, http.StatusUnprocessableEntity, "there is no field "+f)
			return
		}
	}
	if page < 1 || size < 1 || size > 1000 {
		b.refuse(x, http.StatusUnprocessableEntity, "page starts at 1, pageSize is from 1 to 1000")
		return
	}
	rows, err := b.query(q)
	if err != nil {
		b.refuse(x, http.StatusUnprocessableEntity, err.Error())
		return
	}
	b.dataPage(x, q, rows, page, size)
}

// query filters and orders; without a filter only active people come.
func (b *bamboo) query(q bambooQuery) ([]obj, error) {
	text := "status eq 'Active'"
	if q.Filter != nil && *q.Filter != "" {
		text = *q.Filter
	}
	cond, err := parseFilter(text, knownField)
	if err != nil {
		return nil, fmt.Errorf("the filter is not valid: %w", err)
	}
	rows := []obj{}
	for _, p := range b.people() {
		if v := b.values(p); cond(func(n string) (string, bool) { return attribute(v, n) }) {
			rows = append(rows, v)
		}
	}
	if q.OrderBy == nil || *q.OrderBy == "" {
		return rows, nil
	}
	rules := strings.Split(*q.OrderBy, ",")
	slices.Reverse(rules)
	for _, rule := range rules {
		field, dir, _ := strings.Cut(strings.TrimSpace(rule), " ")
		if !slices.Contains(q.Fields, field) || (dir != "" && dir != "asc" && dir != "desc") {
			return nil, fmt.Errorf("orderBy needs one of the fields, and asc or desc, and not %q", rule)
		}
		slices.SortStableFunc(rows, func(a, c obj) int {
			left, _ := attribute(a, field)
			right, _ := attribute(c, field)
			if dir == "desc" {
				left, right = right, left
			}
			return strings.Compare(left, right)
		})
	}
	return rows, nil
}

func (b *bamboo) dataPage(x *exchange, q bambooQuery, rows []obj, page, size int) {
	pages := max(1, (len(rows)+size-1)/size)
	if x.fault == EmptyList {
		rows, pages = nil, 1
	}
	page = min(page, pages)
	link := func(n int) any {
		if n < 1 || n > pages {
			return nil
		}
		return "https://" + x.linkHost() + x.r.URL.Path + "?page=" + strconv.Itoa(n) + "&pageSize=" + strconv.Itoa(size)
	}
	next := link(page + 1)
	if x.fault == RepeatToken { // the page that it says it is never moves on
		page, pages = 1, max(pages, 3)
		next = link(1)
	}
	data := []obj{}
	for _, v := range rows[min((page-1)*size, len(rows)):min(page*size, len(rows))] {
		data = append(data, obj{"fields": b.show(v, q.Fields)})
	}
	x.json(http.StatusOK, obj{"data": data, "links": obj{"next": next, "prev": link(page - 1)},
		"meta": obj{"page": page, "pageSize": size, "totalPages": pages, "totalItems": len(rows)}})
}
