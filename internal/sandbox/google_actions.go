package sandbox

import (
	"encoding/json"
	"net/http"
)

// update changes what the body names and keeps the rest, as this vendor's PUT does.
func (g *google) update(x *exchange) {
	if !g.only(x) {
		return
	}
	p := g.byKey(x.r.PathValue("key"))
	if p == nil {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	var in struct {
		Suspended *bool `json:"suspended"`
		Archived  *bool `json:"archived"`
	}
	if json.Unmarshal(x.body, &in) != nil {
		g.refuse(x, http.StatusBadRequest, "body")
		return
	}
	if in.Suspended != nil {
		g.asked[p.N] = *in.Suspended
	}
	if in.Archived != nil {
		g.archived[p.N] = *in.Archived
	}
	g.answer(x, g.user(p))
}

// signOut ends sessions that nobody can list afterwards.
func (g *google) signOut(x *exchange) {
	if !g.only(x) {
		return
	}
	if g.byKey(x.r.PathValue("key")) == nil {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	x.w.WriteHeader(http.StatusNoContent)
}
