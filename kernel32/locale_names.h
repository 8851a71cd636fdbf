/*
 * kernel32/locale_names.h - names of days and months in the languages of locale_data.h, as GetLocaleInfo of Windows has
 * them: days from Monday on.
 */
#include "kernel32/locale_formats.h"

static const struct nls_names names_ar_eg = {
	"الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد",
	"الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد",
	"ن|ث|ر|خ|ج|س|ح",
	"يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
	NULL,
	"يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"};
static const struct nls_names names_af_za = {
	"Maandag|Dinsdag|Woensdag|Donderdag|Vrydag|Saterdag|Sondag",
	"Maan|Dins|Woen|Dond|Vry|Sat|Son",
	"Ma|Di|Wo|Do|Vr|Sa|So",
	"Januarie|Februarie|Maart|April|Mei|Junie|Julie|Augustus|September|Oktober|November|Desember",
	NULL,
	"Jan|Feb|Mar|Apr|Mei|Jun|Jul|Aug|Sep|Okt|Nov|Des"};
static const struct nls_names names_be_by = {
	"панядзелак|аўторак|серада|чацвер|пятніца|субота|нядзеля",
	"пн|аў|ср|чц|пт|сб|нд",
	"пн|аў|ср|чц|пт|сб|нд",
	"Студзень|Люты|Сакавік|Красавік|Май|Чэрвень|Ліпень|Жнівень|Верасень|Кастрычнік|Лістапад|Снежань",
	"студзеня|лютага|сакавіка|красавіка|мая|чэрвеня|ліпеня|жніўня|верасня|кастрычніка|лістапада|снежня",
	"Сту|Лют|Сак|Кра|Май|Чэр|Ліп|Жні|Вер|Кас|Ліс|Сне"};
static const struct nls_names names_bg_bg = {
	"понеделник|вторник|сряда|четвъртък|петък|събота|неделя",
	"пон|вт|ср|четв|пет|съб|нед",
	"п|в|с|ч|п|с|н",
	"януари|февруари|март|април|май|юни|юли|август|септември|октомври|ноември|декември",
	NULL,
	"ян|февр|март|апр|май|юни|юли|авг|септ|окт|ноември|дек"};
static const struct nls_names names_ca_es = {
	"dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge",
	"dl.|dt.|dc.|dj.|dv.|ds.|dg.",
	"dl|dt|dc|dj|dv|ds|dg",
	"gener|febrer|març|abril|maig|juny|juliol|agost|setembre|octubre|novembre|desembre",
	NULL,
	"gen|feb|març|abr|maig|juny|jul|ag|set|oct|nov|des"};
static const struct nls_names names_zh_cn = {
	"星期一|星期二|星期三|星期四|星期五|星期六|星期日",
	"周一|周二|周三|周四|周五|周六|周日",
	"一|二|三|四|五|六|日",
	"一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
	NULL,
	"一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月"};
static const struct nls_names names_zh_tw = {
	"星期一|星期二|星期三|星期四|星期五|星期六|星期日",
	"週一|週二|週三|週四|週五|週六|週日",
	"一|二|三|四|五|六|日",
	"一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月",
	NULL,
	"一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月"};
static const struct nls_names names_cs_cz = {
	"pondělí|úterý|středa|čtvrtek|pátek|sobota|neděle",
	"po|út|st|čt|pá|so|ne",
	"po|út|st|čt|pá|so|ne",
	"leden|únor|březen|duben|květen|červen|červenec|srpen|září|říjen|listopad|prosinec",
	"ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
	"1|2|3|4|5|6|7|8|9|10|11|12"};
static const struct nls_names names_da_dk = {
	"mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
	"ma|ti|on|to|fr|lø|sø",
	"ma|ti|on|to|fr|lø|sø",
	"januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
	NULL,
	"jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec"};
static const struct nls_names names_de_de = {
	"Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag",
	"Mo|Di|Mi|Do|Fr|Sa|So",
	"Mo|Di|Mi|Do|Fr|Sa|So",
	"Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
	NULL,
	"Jan|Feb|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"};
static const struct nls_names names_de_at = {
	"Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag",
	"Mo|Di|Mi|Do|Fr|Sa|So",
	"Mo|Di|Mi|Do|Fr|Sa|So",
	"Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
	NULL,
	"Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"};
static const struct nls_names names_el_gr = {
	"Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή|Σάββατο|Κυριακή",
	"Δευ|Τρι|Τετ|Πεμ|Παρ|Σαβ|Κυρ",
	"Δε|Τρ|Τε|Πε|Πα|Σά|Κυ",
	"Ιανουάριος|Φεβρουάριος|Μάρτιος|Απρίλιος|Μάιος|Ιούνιος|Ιούλιος|Αύγουστος|Σεπτέμβριος|Οκτώβριος|Νοέμβριος|Δεκέμβριος",
	"Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μαΐου|Ιουνίου|Ιουλίου|Αυγούστου|Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου",
	"Ιαν|Φεβ|Μαρ|Απρ|Μαϊ|Ιουν|Ιουλ|Αυγ|Σεπ|Οκτ|Νοε|Δεκ"};
static const struct nls_names names_en = {
	"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
	"Mon|Tue|Wed|Thu|Fri|Sat|Sun",
	"Mo|Tu|We|Th|Fr|Sa|Su",
	"January|February|March|April|May|June|July|August|September|October|November|December",
	NULL,
	"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"};
static const struct nls_names names_es_es = {
	"lunes|martes|miércoles|jueves|viernes|sábado|domingo",
	"lun|mar|mié|jue|vie|sáb|dom",
	"lu|ma|mi|ju|vi|sá|do",
	"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
	NULL,
	"ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic"};
static const struct nls_names names_et_ee = {
	"esmaspäev|teisipäev|kolmapäev|neljapäev|reede|laupäev|pühapäev",
	"E|T|K|N|R|L|P",
	"E|T|K|N|R|L|P",
	"jaanuar|veebruar|märts|aprill|mai|juuni|juuli|august|september|oktoober|november|detsember",
	NULL,
	"jaan|veebr|märts|apr|mai|juuni|juuli|aug|sept|okt|nov|dets"};
static const struct nls_names names_eu_es = {
	"astelehena|asteartea|asteazkena|osteguna|ostirala|larunbata|igandea",
	"al.|as.|az.|og.|or.|lr.|ig.",
	"al|as|az|og|or|lr|ig",
	"urtarrila|otsaila|martxoa|apirila|maiatza|ekaina|uztaila|abuztua|iraila|urria|azaroa|abendua",
	NULL,
	"urt.|ots.|mar.|api.|mai.|eka.|uzt.|abu.|ira.|urr.|aza.|abe."};
static const struct nls_names names_fi_fi = {
	"maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai",
	"ma|ti|ke|to|pe|la|su",
	"ma|ti|ke|to|pe|la|su",
	"tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu",
	NULL,
	"tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu"};
static const struct nls_names names_fr_fr = {
	"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
	"lun.|mar.|mer.|jeu.|ven.|sam.|dim.",
	"lu|ma|me|je|ve|sa|di",
	"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
	NULL,
	"janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc."};
static const struct nls_names names_gl_es = {
	"luns|martes|mércores|xoves|venres|sábado|domingo",
	"luns|mar|mér|xov|ven|sáb|dom",
	"lu|ma|mé|xo|ve|sá|do",
	"xaneiro|febreiro|marzo|abril|maio|xuño|xullo|agosto|setembro|outubro|novembro|decembro",
	NULL,
	"xan|feb|mar|abr|maio|xuñ|xull|ago|set|out|nov|dec"};
static const struct nls_names names_he_il = {
	"יום\u00A0שני|יום\u00A0שלישי|יום\u00A0רביעי|יום\u00A0חמישי|יום\u00A0שישי|שבת|יום\u00A0ראשון",
	"יום\u00A0ב|יום\u00A0ג|יום\u00A0ד|יום\u00A0ה|יום\u00A0ו|שבת|יום\u00A0א",
	"ב|ג|ד|ה|ו|ש|א",
	"ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר",
	NULL,
	"ינו|פבר|מרץ|אפר|מאי|יונ|יול|אוג|ספט|אוק|נוב|דצמ"};
static const struct nls_names names_hi_in = {
	"सोमवार|मंगलवार|बुधवार|गुरुवार|शुक्रवार|शनिवार|रविवार",
	"सोम.|मंगल.|बुध.|गुरु.|शुक्र.|शनि.|रवि.",
	"स|म|ब|ग|श|श|र",
	"जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितम्बर|अक्तूबर|नवम्बर|दिसम्बर",
	NULL,
	"जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितम्बर|अक्तूबर|नवम्बर|दिसम्बर"};
static const struct nls_names names_hr_hr = {
	"ponedjeljak|utorak|srijeda|četvrtak|petak|subota|nedjelja",
	"pon|uto|sri|čet|pet|sub|ned",
	"po|ut|sr|če|pe|su|ne",
	"siječanj|veljača|ožujak|travanj|svibanj|lipanj|srpanj|kolovoz|rujan|listopad|studeni|prosinac",
	"siječnja|veljače|ožujka|travnja|svibnja|lipnja|srpnja|kolovoza|rujna|listopada|studenog|prosinca",
	"sij|vlj|ožu|tra|svi|lip|srp|kol|ruj|lis|stu|pro"};
static const struct nls_names names_hu_hu = {
	"hétfő|kedd|szerda|csütörtök|péntek|szombat|vasárnap",
	"H|K|Sze|Cs|P|Szo|V",
	"H|K|Sze|Cs|P|Szo|V",
	"január|február|március|április|május|június|július|augusztus|szeptember|október|november|december",
	NULL,
	"jan.|febr.|márc.|ápr.|máj.|jún.|júl.|aug.|szept.|okt.|nov.|dec."};
static const struct nls_names names_id_id = {
	"Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu",
	"Sen|Sel|Rabu|Kamis|Jumat|Sabtu|Minggu",
	"S|S|R|K|J|S|M",
	"Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|Nopember|Desember",
	NULL,
	"Jan|Feb|Mar|Apr|Mei|Jun|Jul|Agust|Sep|Okt|Nop|Des"};
static const struct nls_names names_is_is = {
	"mánudagur|þriðjudagur|miðvikudagur|fimmtudagur|föstudagur|laugardagur|sunnudagur",
	"mán.|þri.|mið.|fim.|fös.|lau.|sun.",
	"má|þr|mi|fi|fö|la|su",
	"janúar|febrúar|mars|apríl|maí|júní|júlí|ágúst|september|október|nóvember|desember",
	NULL,
	"jan.|feb.|mar.|apr.|maí|jún.|júl.|ágú.|sep.|okt.|nóv.|des."};
static const struct nls_names names_it_it = {
	"lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica",
	"lun|mar|mer|gio|ven|sab|dom",
	"lu|ma|me|gi|ve|sa|do",
	"gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
	NULL,
	"gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic"};
static const struct nls_names names_ja_jp = {
	"月曜日|火曜日|水曜日|木曜日|金曜日|土曜日|日曜日",
	"月|火|水|木|金|土|日",
	"月|火|水|木|金|土|日",
	"1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
	NULL,
	"1|2|3|4|5|6|7|8|9|10|11|12"};
static const struct nls_names names_kk_kz = {
	"Дүйсенбі|Сейсенбі|Сәрсенбі|Бейсенбі|Жұма|Сенбі|Жексенбі",
	"Дс|Сс|Ср|Бс|Жм|Сн|Жк",
	"Дс|Сс|Ср|Бс|Жм|Сн|Жк",
	"қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан",
	NULL,
	"Қаң|Ақп|Нау|Сәу|Мам|Мау|Шіл|Там|Қыр|Қаз|Қар|Жел"};
static const struct nls_names names_ko_kr = {
	"월요일|화요일|수요일|목요일|금요일|토요일|일요일",
	"월|화|수|목|금|토|일",
	"월|화|수|목|금|토|일",
	"1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
	NULL,
	"1|2|3|4|5|6|7|8|9|10|11|12"};
static const struct nls_names names_lt_lt = {
	"pirmadienis|antradienis|trečiadienis|ketvirtadienis|penktadienis|šeštadienis|sekmadienis",
	"Pr|An|Tr|Kt|Pn|Št|Sk",
	"P|A|T|K|Pn|Š|S",
	"sausis|vasaris|kovas|balandis|gegužė|birželis|liepa|rugpjūtis|rugsėjis|spalis|lapkritis|gruodis",
	"sausio|vasario|kovo|balandžio|gegužės|birželio|liepos|rugpjūčio|rugsėjo|spalio|lapkričio|gruodžio",
	"Sau|Vas|Kov|Bal|Geg|Bir|Lie|Rgp|Rgs|Spl|Lap|Grd"};
static const struct nls_names names_lv_lv = {
	"pirmdiena|otrdiena|trešdiena|ceturtdiena|piektdiena|sestdiena|svētdiena",
	"pr|ot|tr|ce|pk|se|sv",
	"pr|ot|tr|ce|pk|se|sv",
	"janvāris|februāris|marts|aprīlis|maijs|jūnijs|jūlijs|augusts|septembris|oktobris|novembris|decembris",
	"janvārī|februārī|martā|aprīlī|maijā|jūnijā|jūlijā|augustā|septembrī|oktobrī|novembrī|decembrī",
	"jan|feb|mar|apr|mai|jūn|jūl|aug|sep|okt|nov|dec"};
static const struct nls_names names_mk_mk = {
	"понеделник|вторник|среда|четврток|петок|сабота|недела",
	"пон|втр|срд|чет|пет|саб|нед",
	"по|вт|ср|че|пе|са|не",
	"јануари|февруари|март|април|мај|јуни|јули|август|септември|октомври|ноември|декември",
	NULL,
	"јан|фев|мар|апр|мај|јун|јул|авг|сеп|окт|ное|дек"};
static const struct nls_names names_ms_my = {
	"Isnin|Selasa|Rabu|Khamis|Jumaat|Sabtu|Ahad",
	"Isnin|Sel|Rabu|Khamis|Jumaat|Sabtu|Ahad",
	"I|S|R|K|J|S|A",
	"Januari|Februari|Mac|April|Mei|Jun|Julai|Ogos|September|Oktober|November|Disember",
	NULL,
	"Jan|Feb|Mac|Apr|Mei|Jun|Jul|Ogos|Sept|Okt|Nov|Dis"};
static const struct nls_names names_nl_nl = {
	"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag",
	"ma|di|wo|do|vr|za|zo",
	"ma|di|wo|do|vr|za|zo",
	"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
	NULL,
	"jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec"};
static const struct nls_names names_nb_no = {
	"mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
	"ma|ti|on|to|fr|lø|sø",
	"ma|ti|on|to|fr|lø|sø",
	"januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
	NULL,
	"jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des"};
static const struct nls_names names_nn_no = {
	"måndag|tysdag|onsdag|torsdag|fredag|laurdag|søndag",
	"må|ty|on|to|fr|la|sø",
	"må|ty|on|to|fr|la|sø",
	"januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
	NULL,
	"jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des"};
static const struct nls_names names_pl_pl = {
	"poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela",
	"pon.|wt.|śr.|czw.|pt.|sob.|niedz.",
	"Pn|Wt|Śr|Cz|Pt|So|N",
	"styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień",
	"stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
	"sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paź|lis|gru"};
static const struct nls_names names_pt_br = {
	"segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo",
	"seg|ter|qua|qui|sex|sáb|dom",
	"S|T|Q|Q|S|S|D",
	"janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
	NULL,
	"jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez"};
static const struct nls_names names_pt_pt = {
	"segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo",
	"seg|ter|qua|qui|sex|sáb|dom",
	"S|T|Q|Q|S|S|D",
	"Janeiro|Fevereiro|Março|Abril|Maio|Junho|Julho|Agosto|Setembro|Outubro|Novembro|Dezembro",
	NULL,
	"Jan|Fev|Mar|Abr|Mai|Jun|Jul|Ago|Set|Out|Nov|Dez"};
static const struct nls_names names_ro_ro = {
	"luni|marţi|miercuri|joi|vineri|sâmbătă|duminică",
	"L|Ma|Mi|J|V|S|D",
	"L|Ma|Mi|J|V|S|D",
	"ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie",
	NULL,
	"ian.|feb.|mar.|apr.|mai.|iun.|iul.|aug.|sep.|oct.|nov.|dec."};
static const struct nls_names names_ru_ru = {
	"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье",
	"Пн|Вт|Ср|Чт|Пт|Сб|Вс",
	"Пн|Вт|Ср|Чт|Пт|Сб|Вс",
	"Январь|Февраль|Март|Апрель|Май|Июнь|Июль|Август|Сентябрь|Октябрь|Ноябрь|Декабрь",
	"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
	"янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"};
static const struct nls_names names_sk_sk = {
	"pondelok|utorok|streda|štvrtok|piatok|sobota|nedeľa",
	"po|ut|st|št|pi|so|ne",
	"po|ut|st|št|pi|so|ne",
	"január|február|marec|apríl|máj|jún|júl|august|september|október|november|december",
	"januára|februára|marca|apríla|mája|júna|júla|augusta|septembra|októbra|novembra|decembra",
	"1|2|3|4|5|6|7|8|9|10|11|12"};
static const struct nls_names names_sl_si = {
	"ponedeljek|torek|sreda|četrtek|petek|sobota|nedelja",
	"pon|tor|sre|čet|pet|sob|ned",
	"po|to|sr|če|pe|so|ne",
	"januar|februar|marec|april|maj|junij|julij|avgust|september|oktober|november|december",
	NULL,
	"jan|feb|mar|apr|maj|jun|jul|avg|sep|okt|nov|dec"};
static const struct nls_names names_sq_al = {
	"e hënë|e martë|e mërkurë|e enjte|e premte|e shtunë|e diel",
	"Hën|Mar|Mër|Enj|Pre|Sht|Die",
	"Hë|Ma|Më|En|Pr|Sh|Di",
	"janar|shkurt|mars|prill|maj|qershor|korrik|gusht|shtator|tetor|nëntor|dhjetor",
	NULL,
	"Jan|Shk|Mar|Pri|Maj|Qer|Kor|Gsh|Sht|Tet|Nën|Dhj"};
static const struct nls_names names_sr_latn_rs = {
	"ponedeljak|utorak|sreda|četvrtak|petak|subota|nedelja",
	"pon|uto|sre|čet|pet|sub|ned",
	"po|ut|sr|če|pe|su|ne",
	"januar|februar|mart|april|maj|jun|jul|avgust|septembar|oktobar|novembar|decembar",
	NULL,
	"jan|feb|mar|apr|maj|jun|jul|avg|sep|okt|nov|dec"};
static const struct nls_names names_sv_se = {
	"måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag",
	"må|ti|on|to|fr|lö|sö",
	"må|ti|on|to|fr|lö|sö",
	"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
	NULL,
	"jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec"};
static const struct nls_names names_th_th = {
	"จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์",
	"จ.|อ.|พ.|พฤ.|ศ.|ส.|อา.",
	"จ|อ|พ|พ|ศ|ส|อ",
	"มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม",
	NULL,
	"ม.ค.|ก.พ.|มี.ค.|เม.ย.|พ.ค.|มิ.ย.|ก.ค.|ส.ค.|ก.ย.|ต.ค.|พ.ย.|ธ.ค."};
static const struct nls_names names_tr_tr = {
	"Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi|Pazar",
	"Pzt|Sal|Çar|Per|Cum|Cmt|Paz",
	"Pt|Sa|Ça|Pe|Cu|Ct|Pz",
	"Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık",
	NULL,
	"Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara"};
static const struct nls_names names_uk_ua = {
	"понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя",
	"Пн|Вт|Ср|Чт|Пт|Сб|Нд",
	"Пн|Вт|Ср|Чт|Пт|Сб|Нд",
	"Січень|Лютий|Березень|Квітень|Травень|Червень|Липень|Серпень|Вересень|Жовтень|Листопад|Грудень",
	"січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
	"Січ|Лют|Бер|Кві|Тра|Чер|Лип|Сер|Вер|Жов|Лис|Гру"};
static const struct nls_names names_vi_vn = {
	"Thứ Hai|Thứ Ba|Thứ Tư|Thứ Năm|Thứ Sáu|Thứ Bảy|Chủ Nhật",
	"Hai|Ba|Tư|Năm|Sáu|Bảy|CN",
	"H|B|T|N|S|B|C",
	"Tháng Giêng|Tháng Hai|Tháng Ba|Tháng Tư|Tháng Năm|Tháng Sáu|Tháng Bảy|Tháng Tám|Tháng Chín|Tháng Mười|Tháng Mười Một|Tháng Mười Hai",
	NULL,
	"Thg1|Thg2|Thg3|Thg4|Thg5|Thg6|Thg7|Thg8|Thg9|Thg10|Thg11|Thg12"};
