package sandbox

type Scale struct{}
type scaleView struct{}

func (*scaleView) touch(int)                   {}
func newScaleView(o *okta, s Scale) *scaleView { return nil }
func (*scaleView) serve(x *exchange) bool      { return false }
