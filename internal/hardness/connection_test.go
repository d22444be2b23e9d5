package hardness_test

import (
	"purser"
	"purser/internal/connect"
)

// Which instances are asked for.
var (
	liveOnes = connect.InstanceFilter{Status: []purser.Status{purser.StatusLive}}
	everyOne = connect.InstanceFilter{}
)

// instanceByToken is an instance of the identity provider that is reached by API token.
func instanceByToken(name, domain string) connect.CreateInput {
	return connect.CreateInput{Connector: "okta", Name: name, Auth: "api_token", Settings: map[string]string{"domain": domain},
		Tasks: []purser.TaskName{purser.TaskApplicationRoster}}
}
