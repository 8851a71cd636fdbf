/*
 * dlls/windowscodecs/format.c - the pixel formats (MSDN "Native Pixel Formats Overview").
 */
#include "dlls/windowscodecs/wic.h"

/* Most formats are numbered within one family. */
#define FAMILY(number) {0x6FDDC324, 0x4E03, 0x4BFE, {0xB1, 0x85, 0x3D, 0x77, 0x76, 0x8D, 0xC9, number}}

const struct wic_format wic_formats[WIC_FORMAT_COUNT] = {
	[WIC_FORMAT_1INDEXED] = {FAMILY(0x01), u"1bpp Indexed", 1, 1, WIC_INDEXED, .alpha = true},
	[WIC_FORMAT_2INDEXED] = {FAMILY(0x02), u"2bpp Indexed", 2, 1, WIC_INDEXED, .alpha = true},
	[WIC_FORMAT_4INDEXED] = {FAMILY(0x03), u"4bpp Indexed", 4, 1, WIC_INDEXED, .alpha = true},
	[WIC_FORMAT_8INDEXED] = {FAMILY(0x04), u"8bpp Indexed", 8, 1, WIC_INDEXED, .alpha = true},
	[WIC_FORMAT_BLACKWHITE] = {FAMILY(0x05), u"Black & White", 1, 1, WIC_GRAY},
	[WIC_FORMAT_2GRAY] = {FAMILY(0x06), u"2bpp Gray", 2, 1, WIC_GRAY},
	[WIC_FORMAT_4GRAY] = {FAMILY(0x07), u"4bpp Gray", 4, 1, WIC_GRAY},
	[WIC_FORMAT_8GRAY] = {FAMILY(0x08), u"8bpp Gray", 8, 1, WIC_GRAY},
	[WIC_FORMAT_16GRAY] = {FAMILY(0x0B), u"16bpp Gray", 16, 1, WIC_GRAY16},
	[WIC_FORMAT_BGR555] = {FAMILY(0x09), u"16bpp BGR555", 16, 3, WIC_555, .bgr = true},
	[WIC_FORMAT_BGR565] = {FAMILY(0x0A), u"16bpp BGR565", 16, 3, WIC_565, .bgr = true},
	[WIC_FORMAT_BGRA5551] = {{0x05EC7C2B, 0xF1E6, 0x4961, {0xAD, 0x46, 0xE1, 0xCC, 0x81, 0x0A, 0x87, 0xD2}},
				 u"16bpp BGRA5551", 16, 4, WIC_5551, .bgr = true, .alpha = true},
	[WIC_FORMAT_24BGR] = {FAMILY(0x0C), u"24bpp BGR", 24, 3, WIC_RGB8, .bgr = true},
	[WIC_FORMAT_24RGB] = {FAMILY(0x0D), u"24bpp RGB", 24, 3, WIC_RGB8},
	[WIC_FORMAT_32BGR] = {FAMILY(0x0E), u"32bpp BGR", 32, 3, WIC_RGB8, .bgr = true, .padding = true},
	[WIC_FORMAT_32BGRA] = {FAMILY(0x0F), u"32bpp BGRA", 32, 4, WIC_RGB8, .bgr = true, .alpha = true},
	[WIC_FORMAT_32PBGRA] = {FAMILY(0x10), u"32bpp PBGRA", 32, 4, WIC_RGB8, .bgr = true, .alpha = true,
				.premultiplied = true},
	[WIC_FORMAT_32RGB] = {{0xD98C6B95, 0x3EFE, 0x47D6, {0xBB, 0x25, 0xEB, 0x17, 0x48, 0xAB, 0x0C, 0xF1}}, u"32bpp RGB",
			      32, 3, WIC_RGB8, .padding = true},
	[WIC_FORMAT_32RGBA] = {{0xF5C7AD2D, 0x6A8D, 0x43DD, {0xA7, 0xA8, 0xA2, 0x99, 0x35, 0x26, 0x1A, 0xE9}},
			       u"32bpp RGBA", 32, 4, WIC_RGB8, .alpha = true},
	[WIC_FORMAT_32PRGBA] = {{0x3CC4A650, 0xA527, 0x4D37, {0xA9, 0x16, 0x31, 0x42, 0xC7, 0xEB, 0xED, 0xBA}},
				u"32bpp PRGBA", 32, 4, WIC_RGB8, .alpha = true, .premultiplied = true},
	[WIC_FORMAT_48RGB] = {FAMILY(0x15), u"48bpp RGB", 48, 3, WIC_RGB16},
	[WIC_FORMAT_48BGR] = {{0xE605A384, 0xB468, 0x46CE, {0xBB, 0x2E, 0x36, 0xF1, 0x80, 0xE6, 0x43, 0x13}}, u"48bpp BGR",
			      48, 3, WIC_RGB16, .bgr = true},
	[WIC_FORMAT_64RGB] = {{0xA1182111, 0x186D, 0x4D42, {0xBC, 0x6A, 0x9C, 0x83, 0x03, 0xA8, 0xDF, 0xF9}}, u"64bpp RGB",
			      64, 3, WIC_RGB16, .padding = true},
	[WIC_FORMAT_64RGBA] = {FAMILY(0x16), u"64bpp RGBA", 64, 4, WIC_RGB16, .alpha = true},
	[WIC_FORMAT_64BGRA] = {{0x1562FF7C, 0xD352, 0x46F9, {0x97, 0x9E, 0x42, 0x97, 0x6B, 0x79, 0x22, 0x46}},
			       u"64bpp BGRA", 64, 4, WIC_RGB16, .bgr = true, .alpha = true},
	[WIC_FORMAT_64PRGBA] = {FAMILY(0x17), u"64bpp PRGBA", 64, 4, WIC_RGB16, .alpha = true, .premultiplied = true},
	[WIC_FORMAT_64PBGRA] = {{0x8C518E8E, 0xA4EC, 0x468B, {0xAE, 0x70, 0xC9, 0xA3, 0x5A, 0x9C, 0x55, 0x30}},
				u"64bpp PBGRA", 64, 4, WIC_RGB16, .bgr = true, .alpha = true, .premultiplied = true},
	[WIC_FORMAT_32CMYK] = {FAMILY(0x1C), u"32bpp CMYK", 32, 4, WIC_CMYK8},
};

const struct wic_format *wic_find_format(const GUID *guid)
{
	for (size_t i = 0; guid && i < WIC_FORMAT_COUNT; i++) {
		if (com_guid_equal(&wic_formats[i].guid, guid))
			return &wic_formats[i];
	}
	return NULL;
}

UINT wic_row_bytes(const struct wic_format *format, UINT width)
{
	ULONGLONG bytes = ((ULONGLONG)width * format->bits + 7) / 8;
	return bytes <= 0x7FFFFFFF ? (UINT)bytes : 0;
}

HRESULT wic_return_text(const char16_t *text, UINT capacity, WCHAR *buffer, UINT *actual)
{
	UINT length = 1;

	while (text[length - 1])
		length++;
	if (!actual)
		return E_INVALIDARG;
	*actual = length;
	if (!capacity && !buffer)
		return S_OK;
	if (!buffer)
		return E_INVALIDARG;
	if (capacity < length)
		return WINCODEC_ERR_INSUFFICIENTBUFFER;
	memcpy(buffer, text, length * sizeof(WCHAR));
	return S_OK;
}
