/*
 * kernel32/locale_data.h - formats of the locales and the locales themselves, as Windows 10 has them.  Included by
 * winnls_locale.c.
 *
 * The facts are those of .NET's cultures, as Globalize 0.1 (Software Freedom Conservancy, MIT licence) lists them, with what
 * Windows 10 has otherwise.
 */
#include "kernel32/locale_names.h"

static const struct nls_formats formats_invariant = {
	&names_en, "Invariant Language", "Invariant Country",
	".", ",", NULL, NULL, NULL, ",", "\u00A4", "XDR", "International Monetary Fund", "International Monetary Fund",
	"MM/dd/yyyy", "dddd, dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"yyyy MMMM", "MMMM dd", "AM", "PM", "Latn;",
	0, 0, 0, 9, 6, 0, 0, 1, 2, 1, 0, 0, 1, 1, 244};
static const struct nls_formats formats_en_us = {
	&names_en, "English", "United States",
	".", ",", NULL, NULL, NULL, ",", "$", "USD", "US Dollar", "US Dollar",
	"M/d/yyyy", "dddd, MMMM d, yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "MMMM d", "AM", "PM", "Latn;",
	0, 0, 1, 1, 6, 0, 0, 0, 2, 1, 1, 0, 1, 1, 244};
static const struct nls_formats formats_en_gb = {
	&names_en, "English", "United Kingdom",
	".", ",", NULL, NULL, NULL, ",", "£", "GBP", "British Pound", "British Pound",
	"dd/MM/yyyy", "dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "AM", "PM", "Latn;",
	0, 1, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 44, 242};
static const struct nls_formats formats_en_au = {
	&names_en, "English", "Australia",
	".", ",", NULL, NULL, NULL, ",", "$", "AUD", "Australian Dollar", "Australian Dollar",
	"d/MM/yyyy", "dddd, d MMMM yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "d MMMM", "AM", "PM", "Latn;",
	0, 1, 0, 9, 0, 0, 1, 0, 2, 1, 1, 1, 1, 61, 12};
static const struct nls_formats formats_en_ca = {
	&names_en, "English", "Canada",
	".", ",", NULL, NULL, NULL, ",", "$", "CAD", "Canadian Dollar", "Canadian Dollar",
	"yyyy-MM-dd", "MMMM d, yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "MMMM d", "AM", "PM", "Latn;",
	0, 1, 0, 1, 6, 0, 2, 0, 2, 1, 1, 1, 1, 1, 39};
static const struct nls_formats formats_ar_eg = {
	&names_ar_eg, "العربية", "مصر",
	".", ",", NULL, NULL, NULL, ";", "ج.م.‏", "EGP", "Egyptian Pound", "جنيه مصري",
	"dd/MM/yyyy", "dd MMMM, yyyy", "hh:mm tt", "hh:mm:ss tt",
	"yyyy MMMM", "dd MMMM", "ص", "م", "Arab;",
	2, 3, 0, 9, 5, 0, 1, 0, 2, 3, 0, 0, 1, 20, 67};
static const struct nls_formats formats_af_za = {
	&names_af_za, "Afrikaans", "Suid-Afrika",
	",", "\u00A0", NULL, NULL, NULL, ";", "R", "ZAR", "South African Rand", "Suid-Afrikaanse rand",
	"yyyy/MM/dd", "dd MMMM yyyy", "hh:mm tt", "hh:mm:ss tt",
	"MMMM yyyy", "dd MMMM", "AM", "PM", "Latn;",
	2, 2, 0, 9, 6, 0, 2, 0, 2, 1, 1, 1, 1, 27, 209};
static const struct nls_formats formats_be_by = {
	&names_be_by, "беларуская", "Беларусь",
	",", "\u00A0", NULL, NULL, NULL, ";", "Br", "BYN", "Belarusian Ruble", "беларускі рубель",
	"dd.MM.yyyy", "d MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Cyrl;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 0, 0, 1, 375, 29};
static const struct nls_formats formats_bg_bg = {
	&names_bg_bg, "български", "България",
	",", "\u00A0", NULL, NULL, NULL, ";", "лв.", "BGN", "Bulgarian Lev", "Български лев",
	"d.M.yyyy 'г.'", "dd MMMM yyyy 'г.'", "HH:mm 'ч.'", "HH:mm:ss 'ч.'",
	"MMMM yyyy 'г.'", "dd MMMM", "", "", "Cyrl;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 359, 35};
static const struct nls_formats formats_ca_es = {
	&names_ca_es, "català", "Espanya",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d/M/yyyy", "dddd, d' / 'MMMM' / 'yyyy", "HH:mm", "HH:mm:ss",
	"MMMM' / 'yyyy", "dd MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 34, 217};
static const struct nls_formats formats_zh_cn = {
	&names_zh_cn, "中文", "中华人民共和国",
	".", ",", NULL, NULL, NULL, ",", "¥", "CNY", "Chinese Yuan", "人民币",
	"yyyy/M/d", "yyyy'年'M'月'd'日'", "H:mm", "H:mm:ss",
	"yyyy'年'M'月'", "M'月'd'日'", "上午", "下午", "Hani;Hans;",
	0, 2, 0, 9, 6, 0, 2, 1, 2, 1, 1, 1, 1, 86, 45};
static const struct nls_formats formats_zh_tw = {
	&names_zh_tw, "中文", "台灣",
	".", ",", NULL, NULL, NULL, ",", "NT$", "TWD", "New Taiwan Dollar", "新台幣",
	"yyyy/M/d", "yyyy'年'M'月'd'日'", "tt hh:mm", "tt hh:mm:ss",
	"yyyy'年'M'月'", "M'月'd'日'", "上午", "下午", "Hani;Hant;",
	0, 1, 0, 9, 6, 0, 2, 0, 2, 1, 1, 1, 1, 886, 237};
static const struct nls_formats formats_cs_cz = {
	&names_cs_cz, "čeština", "Česko",
	",", "\u00A0", NULL, NULL, NULL, ";", "Kč", "CZK", "Czech Koruna", "česká koruna",
	"dd.MM.yyyy", "dddd d. MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "d. MMMM", "dop.", "odp.", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 420, 75};
static const struct nls_formats formats_da_dk = {
	&names_da_dk, "dansk", "Danmark",
	",", ".", NULL, NULL, NULL, ";", "kr.", "DKK", "Danish Krone", "dansk krone",
	"dd-MM-yyyy", "d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 45, 61};
static const struct nls_formats formats_de_de = {
	&names_de_de, "Deutsch", "Deutschland",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Euro",
	"dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 49, 94};
static const struct nls_formats formats_de_ch = {
	&names_de_de, "Deutsch", "Schweiz",
	".", "’", NULL, NULL, NULL, ";", "Fr.", "CHF", "Swiss Franc", "Schweizer Franken",
	"dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 2, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 41, 223};
static const struct nls_formats formats_de_at = {
	&names_de_at, "Deutsch", "Österreich",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Euro",
	"dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 9, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 43, 14};
static const struct nls_formats formats_el_gr = {
	&names_el_gr, "Ελληνικά", "Ελλάδα",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Ευρώ",
	"d/M/yyyy", "dddd, d MMMM yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "dd MMMM", "πμ", "μμ", "Grek;",
	3, 8, 0, 9, 0, 2, 1, 0, 2, 1, 1, 1, 1, 30, 98};
static const struct nls_formats formats_en_nz = {
	&names_en, "English", "New Zealand",
	".", ",", NULL, NULL, NULL, ",", "$", "NZD", "New Zealand Dollar", "New Zealand Dollar",
	"d/MM/yyyy", "dddd, d MMMM yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "dd MMMM", "a.m.", "p.m.", "Latn;",
	0, 1, 0, 9, 0, 0, 1, 0, 2, 1, 0, 0, 1, 64, 183};
static const struct nls_formats formats_en_ie = {
	&names_en, "English", "Ireland",
	".", ",", NULL, NULL, NULL, ",", "€", "EUR", "Euro", "Euro",
	"dd/MM/yyyy", "dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	0, 1, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 353, 68};
static const struct nls_formats formats_en_za = {
	&names_en, "English", "South Africa",
	",", "\u00A0", NULL, NULL, NULL, ";", "R", "ZAR", "South African Rand", "South African Rand",
	"yyyy/MM/dd", "dd MMMM yyyy", "hh:mm tt", "hh:mm:ss tt",
	"MMMM yyyy", "dd MMMM", "AM", "PM", "Latn;",
	2, 2, 0, 9, 6, 0, 2, 0, 2, 1, 1, 1, 1, 27, 209};
static const struct nls_formats formats_en_in = {
	&names_en, "English", "India",
	".", ",", NULL, NULL, "3;2;0", ",", "₹", "INR", "Indian Rupee", "Indian Rupee",
	"dd-MM-yyyy", "dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"yyyy MMMM", "dd MMMM", "AM", "PM", "Latn;",
	2, 12, 0, 9, 0, 0, 1, 1, 2, 1, 0, 0, 1, 91, 113};
static const struct nls_formats formats_es_es = {
	&names_es_es, "español", "España",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "H:mm", "H:mm:ss",
	"MMMM 'de' yyyy", "d 'de' MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 34, 217};
static const struct nls_formats formats_es_mx = {
	&names_es_es, "español", "México",
	".", ",", NULL, NULL, NULL, ",", "$", "MXN", "Mexican Peso", "peso mexicano",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "hh:mm tt", "hh:mm:ss tt",
	"MMMM 'de' yyyy", "d 'de' MMMM", "a.m.", "p.m.", "Latn;",
	0, 1, 0, 1, 6, 0, 1, 0, 2, 1, 0, 0, 1, 52, 166};
static const struct nls_formats formats_es_ar = {
	&names_es_es, "español", "Argentina",
	",", ".", NULL, NULL, NULL, ";", "$", "ARS", "Argentine Peso", "peso argentino",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "hh:mm tt", "hh:mm:ss tt",
	"MMMM 'de' yyyy", "d 'de' MMMM", "a.m.", "p.m.", "Latn;",
	2, 2, 0, 9, 6, 0, 1, 0, 2, 1, 0, 0, 1, 54, 11};
static const struct nls_formats formats_es_co = {
	&names_es_es, "español", "Colombia",
	",", ".", NULL, NULL, NULL, ";", "$", "COP", "Colombian Peso", "peso colombiano",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "hh:mm tt", "hh:mm:ss tt",
	"MMMM 'de' yyyy", "d 'de' MMMM", "a.m.", "p.m.", "Latn;",
	2, 14, 0, 1, 6, 0, 1, 0, 2, 1, 0, 0, 1, 57, 51};
static const struct nls_formats formats_et_ee = {
	&names_et_ee, "eesti", "Eesti",
	",", "\u00A0", ".", NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd.MM.yyyy", "d. MMMM yyyy'. a.'", "H:mm", "H:mm:ss",
	"MMMM yyyy'. a.'", "d. MMMM", "EL", "PL", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 372, 70};
static const struct nls_formats formats_eu_es = {
	&names_eu_es, "euskara", "Espainia",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euroa",
	"yyyy/MM/dd", "dddd, yyyy.'eko' MMMM'k 'd", "HH:mm", "H:mm:ss",
	"yyyy.'eko' MMMM", "MMMM dd", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 2, 1, 2, 1, 0, 0, 1, 34, 217};
static const struct nls_formats formats_fi_fi = {
	&names_fi_fi, "suomi", "Suomi",
	",", "\u00A0", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d.M.yyyy", "dddd d. MMMM yyyy", "H.mm", "H.mm.ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 358, 77};
static const struct nls_formats formats_fr_fr = {
	&names_fr_fr, "français", "France",
	",", "\u00A0", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd/MM/yyyy", "dddd d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 33, 84};
static const struct nls_formats formats_fr_be = {
	&names_fr_fr, "français", "Belgique",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d/MM/yyyy", "dddd d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 32, 21};
static const struct nls_formats formats_fr_ca = {
	&names_fr_fr, "français", "Canada",
	",", "\u00A0", NULL, NULL, NULL, ";", "$", "CAD", "Canadian Dollar", "dollar canadien",
	"yyyy-MM-dd", "d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"yyyy MMMM", "d MMMM", "", "", "Latn;",
	3, 15, 0, 1, 6, 0, 2, 1, 2, 1, 0, 0, 1, 1, 39};
static const struct nls_formats formats_fr_ch = {
	&names_fr_fr, "français", "Suisse",
	".", "'", NULL, NULL, NULL, ";", "fr.", "CHF", "Swiss Franc", "franc suisse",
	"dd.MM.yyyy", "dddd, d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Latn;",
	2, 2, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 41, 223};
static const struct nls_formats formats_gl_es = {
	&names_gl_es, "galego", "España",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd/MM/yyyy", "dddd, dd' de 'MMMM' de 'yyyy", "H:mm", "H:mm:ss",
	"MMMM' de 'yyyy", "dd MMMM", "a.m.", "p.m.", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 34, 217};
static const struct nls_formats formats_he_il = {
	&names_he_il, "עברית", "ישראל",
	".", ",", NULL, NULL, NULL, ",", "₪", "ILS", "Israeli New Shekel", "שקל חדש",
	"dd/MM/yyyy", "dddd dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "AM", "PM", "Hebr;",
	2, 2, 0, 9, 6, 0, 1, 1, 2, 1, 1, 1, 1, 972, 117};
static const struct nls_formats formats_hi_in = {
	&names_hi_in, "हिन्दी", "भारत",
	".", ",", NULL, NULL, "3;2;0", ",", "₹", "INR", "Indian Rupee", "भारतीय रुपया",
	"dd-MM-yyyy", "dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"yyyy MMMM", "dd MMMM", "पूर्वाह्न", "अपराह्न", "Deva;",
	0, 1, 0, 9, 0, 0, 1, 1, 2, 1, 0, 0, 1, 91, 113};
static const struct nls_formats formats_hr_hr = {
	&names_hr_hr, "hrvatski", "Hrvatska",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d.M.yyyy.", "d. MMMM yyyy.", "H:mm", "H:mm:ss",
	"yyyy MMMM", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 2, 1, 1, 1, 385, 108};
static const struct nls_formats formats_hu_hu = {
	&names_hu_hu, "magyar", "Magyarország",
	",", "\u00A0", NULL, NULL, NULL, ";", "Ft", "HUF", "Hungarian Forint", "magyar forint",
	"yyyy. MM. dd.", "yyyy. MMMM d., dddd", "H:mm", "H:mm:ss",
	"yyyy. MMMM", "MMMM d.", "de.", "du.", "Latn;",
	3, 8, 0, 9, 0, 2, 2, 1, 2, 1, 0, 0, 1, 36, 109};
static const struct nls_formats formats_id_id = {
	&names_id_id, "Bahasa Indonesia", "Indonesia",
	",", ".", NULL, NULL, NULL, ";", "Rp", "IDR", "Indonesian Rupiah", "Rupiah Indonesia",
	"dd/MM/yyyy", "dddd, dd MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	0, 1, 0, 9, 0, 0, 1, 1, 0, 1, 0, 0, 1, 62, 111};
static const struct nls_formats formats_is_is = {
	&names_is_is, "íslenska", "Ísland",
	",", ".", NULL, NULL, NULL, ";", "kr.", "ISK", "Icelandic Króna", "íslensk króna",
	"d.M.yyyy", "d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 0, 1, 1, 1, 1, 354, 110};
static const struct nls_formats formats_it_it = {
	&names_it_it, "italiano", "Italia",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd/MM/yyyy", "dddd d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	2, 9, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 39, 118};
static const struct nls_formats formats_it_ch = {
	&names_it_it, "italiano", "Svizzera",
	".", "'", NULL, NULL, NULL, ";", "fr.", "CHF", "Swiss Franc", "franco svizzero",
	"dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 2, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 41, 223};
static const struct nls_formats formats_ja_jp = {
	&names_ja_jp, "日本語", "日本",
	".", ",", NULL, NULL, NULL, ",", "¥", "JPY", "Japanese Yen", "円",
	"yyyy/MM/dd", "yyyy'年'M'月'd'日'", "H:mm", "H:mm:ss",
	"yyyy'年'M'月'", "M'月'd'日'", "午前", "午後", "Hani;Hira;Jpan;Kana;",
	0, 1, 0, 9, 6, 0, 2, 1, 0, 1, 1, 1, 1, 81, 122};
static const struct nls_formats formats_kk_kz = {
	&names_kk_kz, "қазақ тілі", "Қазақстан",
	",", "\u00A0", "-", NULL, NULL, ";", "₸", "KZT", "Kazakhstani Tenge", "Қазақстан теңгесі",
	"dd.MM.yyyy", "d MMMM yyyy 'ж.'", "H:mm", "H:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Cyrl;",
	0, 1, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 7, 137};
static const struct nls_formats formats_ko_kr = {
	&names_ko_kr, "한국어", "대한민국",
	".", ",", NULL, NULL, NULL, ",", "₩", "KRW", "Korean Won", "대한민국 원",
	"yyyy-MM-dd", "yyyy'년' M'월' d'일' dddd", "tt h:mm", "tt h:mm:ss",
	"yyyy'년' M'월'", "M'월' d'일'", "오전", "오후", "Hang;Hani;Kore;",
	0, 1, 0, 9, 6, 0, 2, 0, 0, 1, 0, 0, 1, 82, 134};
static const struct nls_formats formats_lt_lt = {
	&names_lt_lt, "lietuvių", "Lietuva",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Euras",
	"yyyy-MM-dd", "yyyy 'm.' MMMM d 'd.'", "HH:mm", "HH:mm:ss",
	"yyyy 'm.' MMMM", "MMMM d 'd.'", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 2, 1, 2, 1, 1, 1, 1, 370, 141};
static const struct nls_formats formats_lv_lv = {
	&names_lv_lv, "latviešu", "Latvija",
	",", "\u00A0", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "eiro",
	"dd.MM.yyyy", "dddd, yyyy'. gada 'd. MMMM", "H:mm", "H:mm:ss",
	"yyyy. MMMM", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 371, 140};
static const struct nls_formats formats_mk_mk = {
	&names_mk_mk, "македонски", "Северна Македонија",
	",", ".", NULL, NULL, NULL, ";", "ден.", "MKD", "Macedonian Denar", "Македонски денар",
	"dd.MM.yyyy", "dddd, dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Cyrl;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 0, 0, 1, 389, 19618};
static const struct nls_formats formats_ms_my = {
	&names_ms_my, "Bahasa Melayu", "Malaysia",
	".", ",", NULL, NULL, NULL, ";", "RM", "MYR", "Malaysian Ringgit", "Ringgit Malaysia",
	"dd/MM/yyyy", "dd MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	0, 0, 0, 9, 0, 0, 1, 1, 0, 1, 0, 0, 1, 60, 167};
static const struct nls_formats formats_nl_nl = {
	&names_nl_nl, "Nederlands", "Nederland",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Euro",
	"d-M-yyyy", "dddd d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 31, 176};
static const struct nls_formats formats_nl_be = {
	&names_nl_nl, "Nederlands", "België",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "Euro",
	"d/MM/yyyy", "dddd d MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 32, 21};
static const struct nls_formats formats_nb_no = {
	&names_nb_no, "norsk bokmål", "Norge",
	",", "\u00A0", NULL, NULL, NULL, ";", "kr", "NOK", "Norwegian Krone", "norske kroner",
	"dd.MM.yyyy", "dddd d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 47, 177};
static const struct nls_formats formats_nn_no = {
	&names_nn_no, "nynorsk", "Noreg",
	",", "\u00A0", NULL, NULL, NULL, ";", "kr", "NOK", "Norwegian Krone", "norske kroner",
	"dd.MM.yyyy", "d. MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	2, 12, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 47, 177};
static const struct nls_formats formats_pl_pl = {
	&names_pl_pl, "polski", "Polska",
	",", "\u00A0", NULL, NULL, NULL, ";", "zł", "PLN", "Polish Zloty", "złoty polski",
	"dd.MM.yyyy", "dddd, d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 48, 191};
static const struct nls_formats formats_pt_br = {
	&names_pt_br, "português", "Brasil",
	",", ".", NULL, NULL, NULL, ";", "R$", "BRL", "Brazilian Real", "Real brasileiro",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "HH:mm", "HH:mm:ss",
	"MMMM 'de' yyyy", "d 'de' MMMM", "", "", "Latn;",
	2, 9, 0, 9, 6, 0, 1, 1, 2, 1, 1, 1, 1, 55, 32};
static const struct nls_formats formats_pt_pt = {
	&names_pt_pt, "português", "Portugal",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"dd/MM/yyyy", "dddd, d 'de' MMMM 'de' yyyy", "HH:mm", "HH:mm:ss",
	"MMMM 'de' yyyy", "d 'de' MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 351, 193};
static const struct nls_formats formats_ro_ro = {
	&names_ro_ro, "română", "România",
	",", ".", NULL, NULL, NULL, ";", "lei", "RON", "Romanian Leu", "leu românesc",
	"dd.MM.yyyy", "d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 40, 200};
static const struct nls_formats formats_ru_ru = {
	&names_ru_ru, "русский", "Россия",
	",", "\u00A0", NULL, NULL, NULL, ";", "₽", "RUB", "Russian Ruble", "российский рубль",
	"dd.MM.yyyy", "d MMMM yyyy 'г.'", "H:mm", "H:mm:ss",
	"MMMM yyyy 'г.'", "d MMMM", "", "", "Cyrl;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 7, 203};
static const struct nls_formats formats_sk_sk = {
	&names_sk_sk, "slovenčina", "Slovensko",
	",", "\u00A0", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d. M. yyyy", "d. MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 1, 1, 1, 421, 143};
static const struct nls_formats formats_sl_si = {
	&names_sl_si, "slovenščina", "Slovenija",
	",", ".", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "evro",
	"d. MM. yyyy", "dddd, d. MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 386, 212};
static const struct nls_formats formats_sq_al = {
	&names_sq_al, "shqip", "Shqipëria",
	",", ".", NULL, NULL, NULL, ";", "Lek", "ALL", "Albanian Lek", "Leku shqiptar",
	"yyyy-MM-dd", "yyyy-MM-dd", "h:mm.tt", "h:mm:ss.tt",
	"yyyy-MM", "MMMM dd", "PD", "MD", "Latn;",
	1, 5, 0, 9, 0, 0, 2, 0, 2, 1, 0, 0, 1, 355, 6};
static const struct nls_formats formats_sr_latn_rs = {
	&names_sr_latn_rs, "srpski", "Srbija",
	",", ".", NULL, NULL, NULL, ";", "Din.", "RSD", "Serbian Dinar", "srpski dinar",
	"d.M.yyyy", "d. MMMM yyyy", "H:mm", "H:mm:ss",
	"MMMM yyyy", "d. MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 381, 271};
static const struct nls_formats formats_sv_se = {
	&names_sv_se, "svenska", "Sverige",
	",", "\u00A0", NULL, ".", NULL, ";", "kr", "SEK", "Swedish Krona", "svensk krona",
	"yyyy-MM-dd", "'den 'd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "'den 'd MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 2, 1, 2, 1, 0, 0, 1, 46, 221};
static const struct nls_formats formats_sv_fi = {
	&names_sv_se, "svenska", "Finland",
	",", "\u00A0", NULL, NULL, NULL, ";", "€", "EUR", "Euro", "euro",
	"d.M.yyyy", "'den 'd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "'den 'd MMMM", "", "", "Latn;",
	3, 8, 0, 9, 0, 2, 1, 1, 2, 1, 0, 0, 1, 358, 77};
static const struct nls_formats formats_th_th = {
	&names_th_th, "ไทย", "ไทย",
	".", ",", NULL, NULL, NULL, ",", "฿", "THB", "Thai Baht", "บาท",
	"d/M/yyyy", "d MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "AM", "PM", "Thai;",
	0, 1, 0, 9, 0, 0, 1, 1, 2, 1, 0, 0, 7, 66, 227};
static const struct nls_formats formats_tr_tr = {
	&names_tr_tr, "Türkçe", "Türkiye",
	",", ".", NULL, NULL, NULL, ";", "₺", "TRY", "Turkish Lira", "Türk Lirası",
	"d.MM.yyyy", "d MMMM yyyy dddd", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "dd MMMM", "", "", "Latn;",
	0, 1, 0, 9, 0, 0, 1, 1, 2, 1, 2, 2, 1, 90, 235};
static const struct nls_formats formats_uk_ua = {
	&names_uk_ua, "українська", "Україна",
	",", "\u00A0", NULL, NULL, NULL, ";", "₴", "UAH", "Ukrainian Hryvnia", "гривня",
	"dd.MM.yyyy", "d MMMM yyyy' р.'", "H:mm", "H:mm:ss",
	"MMMM yyyy' р.'", "d MMMM", "", "", "Cyrl;",
	3, 8, 0, 9, 0, 0, 1, 1, 2, 1, 1, 1, 1, 380, 241};
static const struct nls_formats formats_vi_vn = {
	&names_vi_vn, "Tiếng Việt", "Việt Nam",
	",", ".", NULL, NULL, NULL, ",", "₫", "VND", "Vietnamese Dong", "Đồng",
	"dd/MM/yyyy", "dd MMMM yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "dd MMMM", "SA", "CH", "Latn;",
	3, 8, 0, 9, 0, 0, 1, 0, 2, 1, 0, 0, 1, 84, 251};
static const struct nls_formats formats_zh_hk = {
	&names_zh_tw, "中文", "香港特別行政區",
	".", ",", NULL, NULL, NULL, ",", "HK$", "HKD", "Hong Kong Dollar", "港幣",
	"d/M/yyyy", "yyyy'年'M'月'd'日'", "H:mm", "H:mm:ss",
	"yyyy'年'M'月'", "M'月'd'日'", "上午", "下午", "Hani;Hant;",
	0, 0, 0, 9, 6, 0, 1, 1, 2, 1, 1, 1, 1, 852, 104};
static const struct nls_formats formats_zh_sg = {
	&names_zh_cn, "中文", "新加坡",
	".", ",", NULL, NULL, NULL, ",", "$", "SGD", "Singapore Dollar", "新币",
	"d/M/yyyy", "yyyy'年'M'月'd'日'", "tt h:mm", "tt h:mm:ss",
	"yyyy'年'M'月'", "M'月'd'日'", "AM", "PM", "Hani;Hans;",
	0, 0, 0, 9, 6, 0, 1, 0, 2, 1, 1, 1, 1, 65, 215};

/* The first of a language is what the language alone stands for. */
static const struct nls_locale locales[] = {
	{0x007F, "", "Invariant Language", "Invariant Country", "IVL", "ivl", "IVC", 1252, 437, &formats_invariant, false},
	{0x0409, "en-US", "English", "United States", "ENU", "eng", "USA", 1252, 437, &formats_en_us, false},
	{0x0809, "en-GB", "English", "United Kingdom", "ENG", "eng", "GBR", 1252, 850, &formats_en_gb, false},
	{0x0C09, "en-AU", "English", "Australia", "ENA", "eng", "AUS", 1252, 850, &formats_en_au, false},
	{0x1009, "en-CA", "English", "Canada", "ENC", "eng", "CAN", 1252, 850, &formats_en_ca, false},
	{0x0401, "ar-SA", "Arabic", "Saudi Arabia", "ARA", "ara", "SAU", 1256, 720, NULL, false},
	{0x0C01, "ar-EG", "Arabic", "Egypt", "ARE", "ara", "EGY", 1256, 720, &formats_ar_eg, false},
	{0x0436, "af-ZA", "Afrikaans", "South Africa", "AFK", "afr", "ZAF", 1252, 850, &formats_af_za, false},
	{0x0423, "be-BY", "Belarusian", "Belarus", "BEL", "bel", "BLR", 1251, 866, &formats_be_by, false},
	{0x0402, "bg-BG", "Bulgarian", "Bulgaria", "BGR", "bul", "BGR", 1251, 866, &formats_bg_bg, false},
	{0x0403, "ca-ES", "Catalan", "Spain", "CAT", "cat", "ESP", 1252, 850, &formats_ca_es, false},
	{0x0804, "zh-CN", "Chinese (Simplified)", "China", "CHS", "zho", "CHN", 936, 936, &formats_zh_cn, false},
	{0x0404, "zh-TW", "Chinese (Traditional)", "Taiwan", "CHT", "zho", "TWN", 950, 950, &formats_zh_tw, false},
	{0x0405, "cs-CZ", "Czech", "Czechia", "CSY", "ces", "CZE", 1250, 852, &formats_cs_cz, false},
	{0x0406, "da-DK", "Danish", "Denmark", "DAN", "dan", "DNK", 1252, 850, &formats_da_dk, false},
	{0x0407, "de-DE", "German", "Germany", "DEU", "deu", "DEU", 1252, 850, &formats_de_de, false},
	{0x0807, "de-CH", "German", "Switzerland", "DES", "deu", "CHE", 1252, 850, &formats_de_ch, false},
	{0x0C07, "de-AT", "German", "Austria", "DEA", "deu", "AUT", 1252, 850, &formats_de_at, false},
	{0x0408, "el-GR", "Greek", "Greece", "ELL", "ell", "GRC", 1253, 737, &formats_el_gr, false},
	{0x1409, "en-NZ", "English", "New Zealand", "ENZ", "eng", "NZL", 1252, 850, &formats_en_nz, false},
	{0x1809, "en-IE", "English", "Ireland", "ENI", "eng", "IRL", 1252, 850, &formats_en_ie, false},
	{0x1C09, "en-ZA", "English", "South Africa", "ENS", "eng", "ZAF", 1252, 437, &formats_en_za, false},
	{0x4009, "en-IN", "English", "India", "ENN", "eng", "IND", 1252, 437, &formats_en_in, false},
	{0x0C0A, "es-ES", "Spanish", "Spain", "ESN", "spa", "ESP", 1252, 850, &formats_es_es, false},
	{0x080A, "es-MX", "Spanish", "Mexico", "ESM", "spa", "MEX", 1252, 850, &formats_es_mx, false},
	{0x2C0A, "es-AR", "Spanish", "Argentina", "ESS", "spa", "ARG", 1252, 850, &formats_es_ar, false},
	{0x240A, "es-CO", "Spanish", "Colombia", "ESO", "spa", "COL", 1252, 850, &formats_es_co, false},
	{0x0425, "et-EE", "Estonian", "Estonia", "ETI", "est", "EST", 1257, 775, &formats_et_ee, false},
	{0x042D, "eu-ES", "Basque", "Spain", "EUQ", "eus", "ESP", 1252, 850, &formats_eu_es, false},
	{0x040B, "fi-FI", "Finnish", "Finland", "FIN", "fin", "FIN", 1252, 850, &formats_fi_fi, false},
	{0x040C, "fr-FR", "French", "France", "FRA", "fra", "FRA", 1252, 850, &formats_fr_fr, false},
	{0x080C, "fr-BE", "French", "Belgium", "FRB", "fra", "BEL", 1252, 850, &formats_fr_be, false},
	{0x0C0C, "fr-CA", "French", "Canada", "FRC", "fra", "CAN", 1252, 850, &formats_fr_ca, false},
	{0x100C, "fr-CH", "French", "Switzerland", "FRS", "fra", "CHE", 1252, 850, &formats_fr_ch, false},
	{0x0456, "gl-ES", "Galician", "Spain", "GLC", "glg", "ESP", 1252, 850, &formats_gl_es, false},
	{0x040D, "he-IL", "Hebrew", "Israel", "HEB", "heb", "ISR", 1255, 862, &formats_he_il, false},
	{0x0439, "hi-IN", "Hindi", "India", "HIN", "hin", "IND", 0, 1, &formats_hi_in, false},
	{0x041A, "hr-HR", "Croatian", "Croatia", "HRV", "hrv", "HRV", 1250, 852, &formats_hr_hr, false},
	{0x040E, "hu-HU", "Hungarian", "Hungary", "HUN", "hun", "HUN", 1250, 852, &formats_hu_hu, false},
	{0x0421, "id-ID", "Indonesian", "Indonesia", "IND", "ind", "IDN", 1252, 850, &formats_id_id, false},
	{0x040F, "is-IS", "Icelandic", "Iceland", "ISL", "isl", "ISL", 1252, 850, &formats_is_is, false},
	{0x0410, "it-IT", "Italian", "Italy", "ITA", "ita", "ITA", 1252, 850, &formats_it_it, false},
	{0x0810, "it-CH", "Italian", "Switzerland", "ITS", "ita", "CHE", 1252, 850, &formats_it_ch, false},
	{0x0411, "ja-JP", "Japanese", "Japan", "JPN", "jpn", "JPN", 932, 932, &formats_ja_jp, false},
	{0x043F, "kk-KZ", "Kazakh", "Kazakhstan", "KKZ", "kaz", "KAZ", 0, 1, &formats_kk_kz, false},
	{0x0412, "ko-KR", "Korean", "Korea", "KOR", "kor", "KOR", 949, 949, &formats_ko_kr, false},
	{0x0427, "lt-LT", "Lithuanian", "Lithuania", "LTH", "lit", "LTU", 1257, 775, &formats_lt_lt, false},
	{0x0426, "lv-LV", "Latvian", "Latvia", "LVI", "lav", "LVA", 1257, 775, &formats_lv_lv, false},
	{0x042F, "mk-MK", "Macedonian", "North Macedonia", "MKI", "mkd", "MKD", 1251, 866, &formats_mk_mk, false},
	{0x043E, "ms-MY", "Malay", "Malaysia", "MSL", "msa", "MYS", 1252, 850, &formats_ms_my, false},
	{0x0413, "nl-NL", "Dutch", "Netherlands", "NLD", "nld", "NLD", 1252, 850, &formats_nl_nl, false},
	{0x0813, "nl-BE", "Dutch", "Belgium", "NLB", "nld", "BEL", 1252, 850, &formats_nl_be, false},
	{0x0414, "nb-NO", "Norwegian Bokmål", "Norway", "NOR", "nob", "NOR", 1252, 850, &formats_nb_no, false},
	{0x0814, "nn-NO", "Norwegian Nynorsk", "Norway", "NON", "nno", "NOR", 1252, 850, &formats_nn_no, false},
	{0x0415, "pl-PL", "Polish", "Poland", "PLK", "pol", "POL", 1250, 852, &formats_pl_pl, false},
	{0x0416, "pt-BR", "Portuguese", "Brazil", "PTB", "por", "BRA", 1252, 850, &formats_pt_br, false},
	{0x0816, "pt-PT", "Portuguese", "Portugal", "PTG", "por", "PRT", 1252, 850, &formats_pt_pt, false},
	{0x0418, "ro-RO", "Romanian", "Romania", "ROM", "ron", "ROU", 1250, 852, &formats_ro_ro, false},
	{0x0419, "ru-RU", "Russian", "Russia", "RUS", "rus", "RUS", 1251, 866, &formats_ru_ru, false},
	{0x041B, "sk-SK", "Slovak", "Slovakia", "SKY", "slk", "SVK", 1250, 852, &formats_sk_sk, false},
	{0x0424, "sl-SI", "Slovenian", "Slovenia", "SLV", "slv", "SVN", 1250, 852, &formats_sl_si, false},
	{0x041C, "sq-AL", "Albanian", "Albania", "SQI", "sqi", "ALB", 1250, 852, &formats_sq_al, false},
	{0x241A, "sr-Latn-RS", "Serbian (Latin)", "Serbia", "SRM", "srp", "SRB", 1250, 852, &formats_sr_latn_rs, false},
	{0x041D, "sv-SE", "Swedish", "Sweden", "SVE", "swe", "SWE", 1252, 850, &formats_sv_se, false},
	{0x081D, "sv-FI", "Swedish", "Finland", "SVF", "swe", "FIN", 1252, 850, &formats_sv_fi, false},
	{0x041E, "th-TH", "Thai", "Thailand", "THA", "tha", "THA", 874, 874, &formats_th_th, false},
	{0x041F, "tr-TR", "Turkish", "Turkey", "TRK", "tur", "TUR", 1254, 857, &formats_tr_tr, false},
	{0x0422, "uk-UA", "Ukrainian", "Ukraine", "UKR", "ukr", "UKR", 1251, 866, &formats_uk_ua, false},
	{0x042A, "vi-VN", "Vietnamese", "Vietnam", "VIT", "vie", "VNM", 1258, 1258, &formats_vi_vn, false},
	{0x0C04, "zh-HK", "Chinese (Traditional)", "Hong Kong SAR", "ZHH", "zho", "HKG", 950, 950, &formats_zh_hk, false},
	{0x1004, "zh-SG", "Chinese (Simplified)", "Singapore", "ZHI", "zho", "SGP", 936, 936, &formats_zh_sg, false},
	/* Languages alone, with what their first country has. */
	{0x0009, "en", "English", "United States", "ENU", "eng", "USA", 1252, 437, &formats_en_us, true},
	{0x0001, "ar", "Arabic", "Saudi Arabia", "ARA", "ara", "SAU", 1256, 720, NULL, true},
	{0x0036, "af", "Afrikaans", "South Africa", "AFK", "afr", "ZAF", 1252, 850, &formats_af_za, true},
	{0x0023, "be", "Belarusian", "Belarus", "BEL", "bel", "BLR", 1251, 866, &formats_be_by, true},
	{0x0002, "bg", "Bulgarian", "Bulgaria", "BGR", "bul", "BGR", 1251, 866, &formats_bg_bg, true},
	{0x0003, "ca", "Catalan", "Spain", "CAT", "cat", "ESP", 1252, 850, &formats_ca_es, true},
	{0x7804, "zh", "Chinese (Simplified)", "China", "CHS", "zho", "CHN", 936, 936, &formats_zh_cn, true},
	{0x0004, "zh-Hans", "Chinese (Simplified)", "China", "CHS", "zho", "CHN", 936, 936, &formats_zh_cn, true},
	{0x7C04, "zh-Hant", "Chinese (Traditional)", "Hong Kong SAR", "ZHH", "zho", "HKG", 950, 950, &formats_zh_hk, true},
	{0x0005, "cs", "Czech", "Czechia", "CSY", "ces", "CZE", 1250, 852, &formats_cs_cz, true},
	{0x0006, "da", "Danish", "Denmark", "DAN", "dan", "DNK", 1252, 850, &formats_da_dk, true},
	{0x0007, "de", "German", "Germany", "DEU", "deu", "DEU", 1252, 850, &formats_de_de, true},
	{0x0008, "el", "Greek", "Greece", "ELL", "ell", "GRC", 1253, 737, &formats_el_gr, true},
	{0x000A, "es", "Spanish", "Spain", "ESN", "spa", "ESP", 1252, 850, &formats_es_es, true},
	{0x0025, "et", "Estonian", "Estonia", "ETI", "est", "EST", 1257, 775, &formats_et_ee, true},
	{0x002D, "eu", "Basque", "Spain", "EUQ", "eus", "ESP", 1252, 850, &formats_eu_es, true},
	{0x000B, "fi", "Finnish", "Finland", "FIN", "fin", "FIN", 1252, 850, &formats_fi_fi, true},
	{0x000C, "fr", "French", "France", "FRA", "fra", "FRA", 1252, 850, &formats_fr_fr, true},
	{0x0056, "gl", "Galician", "Spain", "GLC", "glg", "ESP", 1252, 850, &formats_gl_es, true},
	{0x000D, "he", "Hebrew", "Israel", "HEB", "heb", "ISR", 1255, 862, &formats_he_il, true},
	{0x0039, "hi", "Hindi", "India", "HIN", "hin", "IND", 0, 1, &formats_hi_in, true},
	{0x001A, "hr", "Croatian", "Croatia", "HRV", "hrv", "HRV", 1250, 852, &formats_hr_hr, true},
	{0x000E, "hu", "Hungarian", "Hungary", "HUN", "hun", "HUN", 1250, 852, &formats_hu_hu, true},
	{0x0021, "id", "Indonesian", "Indonesia", "IND", "ind", "IDN", 1252, 850, &formats_id_id, true},
	{0x000F, "is", "Icelandic", "Iceland", "ISL", "isl", "ISL", 1252, 850, &formats_is_is, true},
	{0x0010, "it", "Italian", "Italy", "ITA", "ita", "ITA", 1252, 850, &formats_it_it, true},
	{0x0011, "ja", "Japanese", "Japan", "JPN", "jpn", "JPN", 932, 932, &formats_ja_jp, true},
	{0x003F, "kk", "Kazakh", "Kazakhstan", "KKZ", "kaz", "KAZ", 0, 1, &formats_kk_kz, true},
	{0x0012, "ko", "Korean", "Korea", "KOR", "kor", "KOR", 949, 949, &formats_ko_kr, true},
	{0x0027, "lt", "Lithuanian", "Lithuania", "LTH", "lit", "LTU", 1257, 775, &formats_lt_lt, true},
	{0x0026, "lv", "Latvian", "Latvia", "LVI", "lav", "LVA", 1257, 775, &formats_lv_lv, true},
	{0x002F, "mk", "Macedonian", "North Macedonia", "MKI", "mkd", "MKD", 1251, 866, &formats_mk_mk, true},
	{0x003E, "ms", "Malay", "Malaysia", "MSL", "msa", "MYS", 1252, 850, &formats_ms_my, true},
	{0x0013, "nl", "Dutch", "Netherlands", "NLD", "nld", "NLD", 1252, 850, &formats_nl_nl, true},
	{0x0014, "no", "Norwegian Bokmål", "Norway", "NOR", "nob", "NOR", 1252, 850, &formats_nb_no, true},
	{0x7C14, "nb", "Norwegian Bokmål", "Norway", "NOR", "nob", "NOR", 1252, 850, &formats_nb_no, true},
	{0x7814, "nn", "Norwegian Nynorsk", "Norway", "NON", "nno", "NOR", 1252, 850, &formats_nn_no, true},
	{0x0015, "pl", "Polish", "Poland", "PLK", "pol", "POL", 1250, 852, &formats_pl_pl, true},
	{0x0016, "pt", "Portuguese", "Brazil", "PTB", "por", "BRA", 1252, 850, &formats_pt_br, true},
	{0x0018, "ro", "Romanian", "Romania", "ROM", "ron", "ROU", 1250, 852, &formats_ro_ro, true},
	{0x0019, "ru", "Russian", "Russia", "RUS", "rus", "RUS", 1251, 866, &formats_ru_ru, true},
	{0x001B, "sk", "Slovak", "Slovakia", "SKY", "slk", "SVK", 1250, 852, &formats_sk_sk, true},
	{0x0024, "sl", "Slovenian", "Slovenia", "SLV", "slv", "SVN", 1250, 852, &formats_sl_si, true},
	{0x001C, "sq", "Albanian", "Albania", "SQI", "sqi", "ALB", 1250, 852, &formats_sq_al, true},
	{0x701A, "sr-Latn", "Serbian (Latin)", "Serbia", "SRM", "srp", "SRB", 1250, 852, &formats_sr_latn_rs, true},
	{0x001D, "sv", "Swedish", "Sweden", "SVE", "swe", "SWE", 1252, 850, &formats_sv_se, true},
	{0x001E, "th", "Thai", "Thailand", "THA", "tha", "THA", 874, 874, &formats_th_th, true},
	{0x001F, "tr", "Turkish", "Turkey", "TRK", "tur", "TUR", 1254, 857, &formats_tr_tr, true},
	{0x0022, "uk", "Ukrainian", "Ukraine", "UKR", "ukr", "UKR", 1251, 866, &formats_uk_ua, true},
	{0x002A, "vi", "Vietnamese", "Vietnam", "VIT", "vie", "VNM", 1258, 1258, &formats_vi_vn, true},
};
