/*
 * kernel32/locale_data.h - formats of the English locales and of the invariant one, as MSDN's NLS reference and the
 * Control Panel of Windows 10 show them.
 */
#include "kernel32/locale_formats.h"

static const struct nls_formats invariant_formats = {
	".", ",", ",", "\xC2\xA4", "XDR", "International Monetary Fund", "MM/dd/yyyy", "dddd, dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"yyyy MMMM", "MMMM dd", "AM", "PM", 0, 0, 0, 9, 6, 0, 0, 1, 1, 244};
static const struct nls_formats us_formats = {
	".", ",", ",", "$", "USD", "US Dollar", "M/d/yyyy", "dddd, MMMM d, yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "MMMM d", "AM", "PM", 0, 0, 1, 1, 6, 0, 0, 0, 1, 244};
static const struct nls_formats gb_formats = {
	".", ",", ",", "\xC2\xA3", "GBP", "British Pound", "dd/MM/yyyy", "dd MMMM yyyy", "HH:mm", "HH:mm:ss",
	"MMMM yyyy", "d MMMM", "AM", "PM", 0, 1, 0, 9, 0, 2, 1, 1, 44, 242};
static const struct nls_formats au_formats = {
	".", ",", ",", "$", "AUD", "Australian Dollar", "d/MM/yyyy", "dddd, d MMMM yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "d MMMM", "AM", "PM", 0, 1, 0, 9, 0, 0, 1, 0, 61, 12};
static const struct nls_formats ca_formats = {
	".", ",", ",", "$", "CAD", "Canadian Dollar", "yyyy-MM-dd", "MMMM d, yyyy", "h:mm tt", "h:mm:ss tt",
	"MMMM yyyy", "MMMM d", "AM", "PM", 0, 1, 0, 1, 6, 0, 2, 0, 1, 39};
