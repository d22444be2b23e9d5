package noise

import "strings"

func givenNames() []string {
	return strings.Fields(`Robert William Elizabeth Katherine Margaret James Michael Thomas Christopher Alexander Benjamin Daniel Anna Maria
		Jürgen Søren Zoë Łukasz Dvořák Björn Åsa Günther Çağla Şebnem José André François Renée Ivana Jiří Małgorzata Ayşe Ömer Siân Fiona
		Amir Leila Kenji Yuki Priya Arjun Wei Ming Olga Sergei Nadia Tomás Inês Luís Noor Hassan Emeka Chidi Amara Kwame Aisha Fatima
		Peter Paul Stephen Nicholas Samuel Joseph Edward Richard Charles Susan Patricia Jennifer Deborah Victoria Rebecca Pamela Abigail
		Grace Ruth Hanna Lena Mia Emma Olivia Noah Liam Oscar Hugo Theo Felix Max Leo Ida Freya Signe Mats Nils Elif Deniz Kaan Marek`)
}

func familyNames() []string {
	return strings.Fields(`Müller Schröder Weiß Jørgensen Østergård Åkesson Lindqvist Nováková Dvořák Kowalczyk Wiśniewska Łoś García Muñoz
		Gonçalves João Lefèvre Bélanger Öztürk Yılmaz Şahin Çelik Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor
		Thomas Moore Jackson Martin Lee Thompson White Harris Clark Lewis Walker Hall Young King Wright Scott Green Baker Adams Nelson
		Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Rogers Reed Cook Morgan Bell Murphy
		Bailey Rivera Cooper Richardson Cox Howard Ward Torres Peterson Gray Ramirez Watson Brooks Kelly Sanders Price Bennett Wood Barnes
		Ross Henderson Coleman Jenkins Perry Powell Long Patterson Hughes Flores Washington Butler Simmons Foster Bryant Alexander Russell
		Griffin Diaz Hayes Okafor Adeyemi Mensah Nakamura Tanaka Suzuki Chen Zhang Liu Wang Singh Patel Sharma Gupta Kumar Ivanov Petrova
		Sokolov Horvath Szabo Nagy Popescu Ionescu Dimitrov Papadopoulos Rossi Bianchi Ferrari Conti Greco Marino Costa Silva Santos Pereira`)
}

// nickname returns what people call somebody of a name, "" if there is nothing usual.
func nickname(given string) string {
	return map[string]string{"Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Katherine": "Kate", "Margaret": "Peggy", "James": "Jim",
		"Michael": "Mike", "Thomas": "Tom", "Christopher": "Chris", "Alexander": "Alex", "Benjamin": "Ben", "Daniel": "Dan", "Peter": "Pete",
		"Stephen": "Steve", "Nicholas": "Nick", "Samuel": "Sam", "Joseph": "Joe", "Edward": "Ted", "Richard": "Rick", "Charles": "Chuck",
		"Susan": "Sue", "Patricia": "Pat", "Jennifer": "Jenny", "Deborah": "Debbie", "Victoria": "Vicky", "Rebecca": "Becky", "Pamela": "Pam",
		"Abigail": "Abby"}[given]
}

// fold writes a name as its owner's address has it.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("ü", "u", "ö", "o", "ä", "a", "ß", "ss", "ø", "o", "Ø", "O", "å", "a", "Å", "A", "é", "e", "è", "e",
		"ë", "e", "ç", "c", "Ç", "C", "ğ", "g", "ş", "s", "Ş", "S", "ı", "i", "Ö", "O", "ñ", "n", "ã", "a", "á", "a", "í", "i", "ê", "e", "ř", "r", "š", "s",
		"ł", "l", "Ł", "L", "ś", "s", "ź", "z", "ó", "o", "â", "a").Replace(name))
}

// otherSpelling writes it as others hear it.
func otherSpelling(name string) string {
	return fold(strings.NewReplacer("ü", "ue", "ö", "oe", "Ö", "Oe", "ä", "ae", "ø", "oe", "Ø", "Oe", "å", "aa", "Å", "Aa").Replace(name))
}

func local(given, family string) string { return fold(given) + "." + fold(family) }

// slip makes one mistake of typing, never in the first letter.
func slip(g *generator, text string) string {
	letters := []rune(text)
	if len(letters) < 4 {
		return text
	}
	at := 1 + g.IntN(len(letters)-2)
	switch g.IntN(3) {
	case 0:
		return string(letters[:at]) + string(letters[at+1:])
	case 1:
		return string(letters[:at]) + string(letters[at]) + string(letters[at:])
	}
	letters[at], letters[at+1] = letters[at+1], letters[at]
	return string(letters)
}
