/*
 * dlls/windowscodecs/codec_bmp.c - BMP: all header versions, 1 to 32 bits, bit fields, RLE4 and RLE8
 * (MSDN "Bitmap Storage", [MS-WMF] 2.2.2).
 */
#include "dlls/windowscodecs/wic.h"

enum { BI_RGB, BI_RLE8, BI_RLE4, BI_BITFIELDS };

static uint32_t le32(const BYTE *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static unsigned le16(const BYTE *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static bool bmp_match(const BYTE *data, size_t size)
{
	return size >= 18 && data[0] == 'B' && data[1] == 'M';
}

/* Runs of RLE4 and RLE8; the image is bottom-up and starts zeroed.  Damage ends the picture where it is. */
static void decode_rle(const BYTE *at, const BYTE *end, bool four, BYTE *indices, UINT width, UINT height)
{
	UINT x = 0, y = 0;

	while (end - at >= 2 && y < height) {
		BYTE count = *at++, value = *at++;

		if (count) {
			for (UINT i = 0; i < count && x < width; i++, x++)
				indices[(size_t)y * width + x] = four ? (i & 1 ? value & 15 : value >> 4) : value;
		} else if (value == 0) {
			x = 0;
			y++;
		} else if (value == 1) {
			return;
		} else if (value == 2) {
			if (end - at < 2)
				return;
			x += at[0];
			y += at[1];
			at += 2;
		} else {
			UINT bytes = four ? (value + 1u) / 2 : value;

			if ((size_t)(end - at) < bytes)
				return;
			for (UINT i = 0; i < value && x < width; i++, x++)
				indices[(size_t)y * width + x] =
					four ? (i & 1 ? at[i / 2] & 15 : at[i / 2] >> 4) : at[i];
			at += (bytes + 1) & ~1u;
			if (at > end)
				return;
		}
	}
}

static unsigned scale_mask(uint32_t value, uint32_t mask)
{
	unsigned shift = 0;
	uint64_t max;

	if (!mask)
		return 0;
	while (!(mask >> shift & 1))
		shift++;
	max = mask >> shift;
	return (unsigned)(((value & mask) >> shift) * 255ull / max);
}

static int choose_format(UINT bits, const uint32_t masks[4])
{
	switch (bits) {
	case 1:
		return WIC_FORMAT_1INDEXED;
	case 4:
		return WIC_FORMAT_4INDEXED;
	case 8:
		return WIC_FORMAT_8INDEXED;
	case 16:
		return masks[1] == 0x7E0 ? WIC_FORMAT_BGR565 : masks[3] ? WIC_FORMAT_BGRA5551 : WIC_FORMAT_BGR555;
	case 24:
		return WIC_FORMAT_24BGR;
	case 32:
		return masks[3] ? WIC_FORMAT_32BGRA : WIC_FORMAT_32BGR;
	default:
		return -1;
	}
}

static HRESULT bmp_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	uint32_t offset = le32(data + 10), header = le32(data + 14), compression = BI_RGB, colors = 0;
	uint32_t masks[4] = {0x7C00, 0x3E0, 0x1F, 0};
	bool core = header == 12, top_down = false;
	struct wic_image *image;
	size_t palette_at, row_size;
	int64_t height;
	UINT width, bits;
	int format;

	if (header < 12 || header > size - 14 || (!core && header < 40))
		return WINCODEC_ERR_BADHEADER;
	if (core) {
		width = le16(data + 18);
		height = le16(data + 20);
		bits = le16(data + 24);
	} else {
		width = le32(data + 18);
		height = (int32_t)le32(data + 22);
		bits = le16(data + 28);
		compression = le32(data + 30);
		colors = le32(data + 46);
	}
	if (height < 0) {
		top_down = true;
		height = -height;
	}
	palette_at = 14 + (size_t)header;
	if (bits == 32) {
		masks[0] = 0xFF0000;
		masks[1] = 0xFF00;
		masks[2] = 0xFF;
	}
	if (compression == BI_BITFIELDS) {
		size_t at = 14 + 40;

		if (header == 40)
			palette_at += 12;
		if (at + 12 > size || (bits != 16 && bits != 32))
			return WINCODEC_ERR_BADHEADER;
		for (int i = 0; i < 3; i++)
			masks[i] = le32(data + at + 4 * (size_t)i);
		if (header >= 56 && at + 16 <= size)
			masks[3] = le32(data + at + 12);
	} else if (header >= 108 && bits == 32) {
		masks[3] = le32(data + 14 + 52);
	}
	format = choose_format(bits, masks);
	if (format < 0 || compression > BI_BITFIELDS || (compression == BI_RLE8 && bits != 8) ||
	    (compression == BI_RLE4 && bits != 4))
		return WINCODEC_ERR_BADHEADER;
	if (width > 0x7FFFFFFF || height > 0x7FFFFFFF || offset > size)
		return WINCODEC_ERR_BADHEADER;
	image = wic_image_create(width, (UINT)height, &wic_formats[format]);
	if (!image)
		return WINCODEC_ERR_IMAGESIZEOUTOFRANGE;
	if (!core && le32(data + 38) && le32(data + 42)) {
		image->dpi_x = (int32_t)le32(data + 38) * 0.0254;
		image->dpi_y = (int32_t)le32(data + 42) * 0.0254;
	}
	if (bits <= 8) {
		size_t entry = core ? 3 : 4;

		image->palette_count = !colors || colors > (1u << bits) ? 1u << bits : colors;
		for (UINT i = 0; i < image->palette_count; i++) {
			const BYTE *p = data + palette_at + i * entry;

			image->palette[i] = 0xFF000000u;
			if (palette_at + (i + 1) * entry <= size)
				image->palette[i] |= (WICColor)p[2] << 16 | (WICColor)p[1] << 8 | p[0];
		}
	}
	if (compression == BI_RLE4 || compression == BI_RLE8) {
		BYTE *indices = calloc(width, (size_t)height);

		if (!indices) {
			wic_image_release(image);
			return E_OUTOFMEMORY;
		}
		decode_rle(data + offset, data + size, compression == BI_RLE4, indices, width, (UINT)height);
		for (UINT y = 0; y < image->height; y++) {
			const BYTE *from = indices + (size_t)(top_down ? y : image->height - 1 - y) * width;
			BYTE *to = image->pixels + (size_t)y * image->stride;

			for (UINT x = 0; x < width; x++) {
				if (bits == 8)
					to[x] = from[x];
				else
					to[x / 2] |= (BYTE)(from[x] << (x & 1 ? 0 : 4));
			}
		}
		free(indices);
		return wic_picture_add(picture, image);
	}
	row_size = (((size_t)width * bits + 31) / 32) * 4;
	for (UINT y = 0; y < image->height; y++) {
		size_t at = offset + (size_t)(top_down ? y : image->height - 1 - y) * row_size;
		size_t have = at < size ? size - at : 0, want = wic_row_bytes(image->format, width);
		BYTE *to = image->pixels + (size_t)y * image->stride;

		if (!have && !y && top_down) {
			wic_image_release(image);
			return WINCODEC_ERR_BADIMAGE;
		}
		memcpy(to, data + (have ? at : 0), have < want ? have : want);
		if (bits == 32 && compression == BI_BITFIELDS &&
		    (masks[0] != 0xFF0000 || masks[1] != 0xFF00 || masks[2] != 0xFF)) {
			for (UINT x = 0; x < width; x++) {
				uint32_t value = le32(to + 4 * (size_t)x);

				to[4 * (size_t)x] = (BYTE)scale_mask(value, masks[2]);
				to[4 * (size_t)x + 1] = (BYTE)scale_mask(value, masks[1]);
				to[4 * (size_t)x + 2] = (BYTE)scale_mask(value, masks[0]);
				to[4 * (size_t)x + 3] = (BYTE)(masks[3] ? scale_mask(value, masks[3]) : 255);
			}
		}
	}
	return wic_picture_add(picture, image);
}

static HRESULT bmp_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			  struct wic_output *output)
{
	const struct wic_image *image = frames[0];
	UINT bits = image->format->bits, row = wic_row_bytes(image->format, image->width);
	UINT padded = (image->width * bits + 31) / 32 * 4;
	bool v5 = image->format == &wic_formats[WIC_FORMAT_32BGRA] && options->v5_header;
	bool fields = v5 || image->format == &wic_formats[WIC_FORMAT_BGR565];
	UINT header = v5 ? 124 : 40, masks = fields && !v5 ? 12 : 0;
	UINT offset = 14 + header + masks + image->palette_count * 4;
	static const BYTE zeros[84];

	wic_put(output, "BM", 2);
	wic_put32(output, offset + padded * image->height);
	wic_put32(output, 0);
	wic_put32(output, offset);
	wic_put32(output, header);
	wic_put32(output, image->width);
	wic_put32(output, image->height);
	wic_put16(output, 1);
	wic_put16(output, bits);
	wic_put32(output, fields ? BI_BITFIELDS : BI_RGB);
	wic_put32(output, padded * image->height);
	wic_put32(output, (uint32_t)(image->dpi_x / 0.0254 + 0.5));
	wic_put32(output, (uint32_t)(image->dpi_y / 0.0254 + 0.5));
	wic_put32(output, image->palette_count);
	wic_put32(output, 0);
	if (v5) {
		static const uint32_t v5_masks[4] = {0xFF0000, 0xFF00, 0xFF, 0xFF000000u};

		for (int i = 0; i < 4; i++)
			wic_put32(output, v5_masks[i]);
		wic_put32(output, 0x73524742); /* LCS_sRGB */
		wic_put(output, zeros, 48);
		wic_put32(output, 4); /* LCS_GM_IMAGES */
		wic_put(output, zeros, 12);
	} else if (fields) {
		wic_put32(output, 0xF800);
		wic_put32(output, 0x7E0);
		wic_put32(output, 0x1F);
	}
	for (UINT i = 0; i < image->palette_count; i++)
		wic_put32(output, image->palette[i] & 0xFFFFFF);
	for (UINT y = image->height; y-- > 0;) {
		wic_put(output, image->pixels + (size_t)y * image->stride, row);
		wic_put(output, zeros, padded - row);
	}
	return S_OK;
}

static const BYTE bmp_formats[] = {WIC_FORMAT_24BGR,	WIC_FORMAT_32BGR,    WIC_FORMAT_32BGRA,	  WIC_FORMAT_1INDEXED,
				   WIC_FORMAT_4INDEXED, WIC_FORMAT_8INDEXED, WIC_FORMAT_BGR555, WIC_FORMAT_BGR565,
				   WIC_FORMAT_COUNT};

const struct wic_codec wic_bmp_codec = {
	.name = u"BMP",
	.extensions = u".bmp,.dib,.rle",
	.mime_types = u"image/bmp",
	.container = {0x0AF1D87E, 0xFCFE, 0x4188, {0xBD, 0xEB, 0xA7, 0x90, 0x64, 0x71, 0xCB, 0xE3}},
	.decoder = {0x6B462062, 0x7CBF, 0x400D, {0x9F, 0xDB, 0x81, 0x3D, 0xD1, 0x0F, 0x27, 0x78}},
	.encoder = {0x69BE8BB4, 0xD66D, 0x47C8, {0x86, 0x5A, 0xED, 0x15, 0x89, 0x43, 0x37, 0x82}},
	.match = bmp_match,
	.decode = bmp_decode,
	.encode = bmp_encode,
	.encode_formats = bmp_formats,
	.encode_default = WIC_FORMAT_24BGR,
	.lossless = true,
};
