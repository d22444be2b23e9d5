package purser_test

import (
	"errors"
	"testing"

	"purser"
)

func TestMeIsTheUserBehindTheAskerAndRefusedWhereNobodyIs(t *testing.T) {
	for who, a := range map[string]purser.Actor{
		"usr_1": {Kind: purser.ActorUser, ID: "usr_1"},
		"usr_2": {Kind: purser.ActorToken, ID: "tok_1", Maker: "usr_2"},
		"":      {Kind: purser.ActorHost, ID: "uid:1000"},
	} {
		got, err := purser.Me(purser.WithActor(t.Context(), a), "owner")
		var told *purser.Problem
		if got != who || (err != nil) != (who == "") || err != nil && (!errors.As(err, &told) || told.Field != "owner") {
			t.Errorf("%+v: %q, %v", a, got, err)
		}
	}
}
