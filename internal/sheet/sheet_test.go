package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"purser/internal/sheet"
)

// read reads a file to its end: columns, then lines with their cells.
func read(t testing.TB, content string, o sheet.Options) (string, error) {
	t.Helper()
	r, err := sheet.Open(strings.NewReader(content), o)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	var out strings.Builder
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(r.Header(), "|") + out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		fmt.Fprintf(&out, "\n%d %s%s", row.Line, strings.Join(row.Cells, "|"), row.Fault)
	}
}

func TestDelimiterAndEncodingAreFoundOut(t *testing.T) {
	want := "id|name\n2 1|Zoë\n4 2|Ö, Ä"
	for name, content := range map[string]string{
		"commas":           "id,name\n1,Zoë\n\n2,\"Ö, Ä\"\n",
		"semicolons":       "id;name\r\n1;Zoë\r\n;\r\n2;Ö, Ä\r\n",
		"tabs with a mark": "\xef\xbb\xbfid\tname\n1\tZoë\n\n2\tÖ, Ä\n",
		"windows-1252":     "id;name\n1;Zo\xeb\n\n2;\xd6, \xc4\n",
		"utf-16":           "\xff\xfei\x00d\x00;\x00n\x00a\x00m\x00e\x00\n\x001\x00;\x00Z\x00o\x00\xeb\x00\n\x00\n\x002\x00;\x00\xd6\x00,\x00 \x00\xc4\x00",
	} {
		if got, err := read(t, content, sheet.Options{}); err != nil || got != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
}

func TestJSONLinesHaveColumnsOfInnerObjectsAndFaultsOfLines(t *testing.T) {
	got, err := read(t, `{"id":1,"a":{"b":true}}`+"\nnot json\n"+`{"id":2,"list":["x","y"]}`, sheet.Options{})
	if err != nil || !strings.Contains(got, "2 the line is no JSON object") || !strings.Contains(got, "x; y") || !strings.Contains(got, "a.b") {
		t.Errorf("%v\n%s", err, got)
	}
}

func workbook(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "id", "B1": "amount", "C1": "day", "A2": "007", "B2": 19.99, "C2": time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAWorkbookGivesNumbersAndDaysAsTheyAreKept(t *testing.T) {
	got, err := read(t, workbook(t), sheet.Options{Name: "a.xlsx"})
	if err != nil || got != "id|amount|day\n2 007|19.99|46348" {
		t.Fatalf("%v: %q", err, got)
	}
	if at, ok := sheet.Serial("46348"); !ok || at.Format(time.DateOnly) != "2026-11-22" {
		t.Errorf("%v %v", at, ok)
	}
}

func TestBombsAreRefused(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	long := bytes.Repeat(append(bytes.Repeat([]byte("0"), 32<<10), '\n'), 32)
	for range 16 {
		if _, err := w.Write(long); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, packed.String(), sheet.Options{}); err == nil || !strings.Contains(err.Error(), "times its size") {
		t.Errorf("a packed file that grows a thousandfold: %v", err)
	}
	var folder bytes.Buffer
	z := zip.NewWriter(&folder)
	part, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 32 {
		if _, err := part.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, folder.String(), sheet.Options{}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a workbook that grows a thousandfold: %v", err)
	}
	if _, err := read(t, "a,b\n1,"+strings.Repeat("x", 2<<20), sheet.Options{Limits: sheet.Limits{Cell: 64 << 10}}); err == nil {
		t.Error("a cell far above the limit was read")
	}
}

func FuzzFile(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\n\"x\n", `{"a":1}`, "\x1f\x8b\x08", "PK\x03\x04", "\xff\xfea\x00"} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(workbook(f)))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := sheet.Open(bytes.NewReader(content), sheet.Options{Limits: sheet.Limits{Unpacked: 4 << 20, Workbook: 1 << 20}})
		if err != nil {
			return
		}
		defer func() { _ = r.Close() }()
		for line := 0; ; {
			row, err := r.Next()
			if err != nil {
				return
			}
			if row.Line < line {
				t.Fatalf("line %d comes after line %d", row.Line, line)
			}
			line = row.Line
		}
	})
}
