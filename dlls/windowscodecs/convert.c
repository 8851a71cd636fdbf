/*
 * dlls/windowscodecs/convert.c - from one pixel format to another.
 *
 * A row is read into 16-bit RGBA with straight alpha and written from it.  8 bits become 16 by v * 257 and return
 * exactly; 16 bits become 8 by rounding to nearest.  Dropping alpha drops it (the colour is not blended with anything),
 * gray is the luma of ITU-R BT.601, and what is written to a palette takes the nearest of its colours.
 */
#include "dlls/windowscodecs/wic.h"

struct pixel {
	uint16_t r, g, b, a;
};

static uint16_t widen(unsigned value, unsigned bits)
{
	unsigned max = (1u << bits) - 1;
	return (uint16_t)((value * 65535u + max / 2) / max);
}

static unsigned narrow(uint16_t value, unsigned bits)
{
	unsigned max = (1u << bits) - 1;
	return (value * max + 32767u) / 65535u;
}

static BYTE to8(uint16_t value)
{
	return (BYTE)((value * 255u + 32895u) >> 16);
}

static uint16_t luma(const struct pixel *p)
{
	return (uint16_t)((p->r * 299ull + p->g * 587ull + p->b * 114ull + 500) / 1000);
}

static unsigned packed_bits(const BYTE *row, UINT x, UINT bits)
{
	UINT at = x * bits;
	return row[at / 8] >> (8 - bits - at % 8) & ((1u << bits) - 1);
}

static void put_packed_bits(BYTE *row, UINT x, UINT bits, unsigned value)
{
	UINT at = x * bits, shift = 8 - bits - at % 8;
	row[at / 8] = (BYTE)((row[at / 8] & ~(((1u << bits) - 1) << shift)) | value << shift);
}

static void read_channels(const struct wic_format *format, const uint16_t c[4], struct pixel *p)
{
	p->r = c[format->bgr ? 2 : 0];
	p->g = c[1];
	p->b = c[format->bgr ? 0 : 2];
	p->a = format->alpha ? c[3] : 0xFFFF;
	if (format->premultiplied) {
		uint16_t *channels[] = {&p->r, &p->g, &p->b};

		for (int i = 0; i < 3; i++) {
			uint64_t straight = p->a ? (*channels[i] * 65535ull + p->a / 2) / p->a : 0;
			*channels[i] = straight > 0xFFFF ? 0xFFFF : (uint16_t)straight;
		}
	}
}

static void read_row(const struct wic_image *image, const BYTE *row, struct pixel *out)
{
	const struct wic_format *format = image->format;
	UINT count = format->bits / (format->kind == WIC_RGB16 ? 16 : 8);

	for (UINT x = 0; x < image->width; x++) {
		struct pixel *p = &out[x];
		uint16_t c[4] = {0, 0, 0, 0};
		unsigned value;

		switch ((enum wic_kind)format->kind) {
		case WIC_INDEXED: {
			WICColor color;

			value = packed_bits(row, x, format->bits);
			color = value < image->palette_count ? image->palette[value] : 0xFF000000u;
			*p = (struct pixel){widen(color >> 16 & 255, 8), widen(color >> 8 & 255, 8), widen(color & 255, 8),
					    widen(color >> 24, 8)};
			break;
		}
		case WIC_GRAY:
			value = widen(packed_bits(row, x, format->bits), format->bits);
			*p = (struct pixel){(uint16_t)value, (uint16_t)value, (uint16_t)value, 0xFFFF};
			break;
		case WIC_GRAY16:
			memcpy(c, row + 2 * (size_t)x, 2);
			*p = (struct pixel){c[0], c[0], c[0], 0xFFFF};
			break;
		case WIC_555:
		case WIC_565:
		case WIC_5551:
			memcpy(c, row + 2 * (size_t)x, 2);
			value = c[0];
			p->b = widen(value & 31, 5);
			if (format->kind == WIC_565) {
				p->g = widen(value >> 5 & 63, 6);
				p->r = widen(value >> 11, 5);
			} else {
				p->g = widen(value >> 5 & 31, 5);
				p->r = widen(value >> 10 & 31, 5);
			}
			p->a = format->kind == WIC_5551 && !(value >> 15) ? 0 : 0xFFFF;
			break;
		case WIC_RGB8:
			for (UINT i = 0; i < count; i++)
				c[i] = (uint16_t)(row[(size_t)x * count + i] * 257);
			read_channels(format, c, p);
			break;
		case WIC_RGB16:
			memcpy(c, row + (size_t)x * count * 2, count * 2);
			read_channels(format, c, p);
			break;
		case WIC_CMYK8: {
			const BYTE *ink = row + 4 * (size_t)x;
			uint16_t *channels[] = {&p->r, &p->g, &p->b};

			for (int i = 0; i < 3; i++)
				*channels[i] = (uint16_t)(((255u - ink[i]) * (255u - ink[3]) + 127) / 255 * 257);
			p->a = 0xFFFF;
			break;
		}
		}
	}
}

static unsigned nearest(const struct pixel *p, const WICColor *palette, UINT count)
{
	int r = to8(p->r), g = to8(p->g), b = to8(p->b), a = to8(p->a);
	unsigned best = 0, best_distance = ~0u;

	for (UINT i = 0; i < count; i++) {
		int dr = r - (int)(palette[i] >> 16 & 255), dg = g - (int)(palette[i] >> 8 & 255);
		int db = b - (int)(palette[i] & 255), da = a - (int)(palette[i] >> 24);
		unsigned distance = (unsigned)(dr * dr + dg * dg + db * db + da * da);

		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

static void write_row(const struct wic_image *image, BYTE *row, const struct pixel *in, uint16_t alpha_threshold)
{
	const struct wic_format *format = image->format;
	UINT count = format->bits / (format->kind == WIC_RGB16 ? 16 : 8);

	for (UINT x = 0; x < image->width; x++) {
		struct pixel p = in[x];
		uint16_t c[4];

		switch ((enum wic_kind)format->kind) {
		case WIC_INDEXED:
			if (alpha_threshold)
				p.a = p.a < alpha_threshold ? 0 : 0xFFFF;
			put_packed_bits(row, x, format->bits, nearest(&p, image->palette, image->palette_count));
			break;
		case WIC_GRAY:
			put_packed_bits(row, x, format->bits, narrow(luma(&p), format->bits));
			break;
		case WIC_GRAY16:
			c[0] = luma(&p);
			memcpy(row + 2 * (size_t)x, c, 2);
			break;
		case WIC_555:
		case WIC_5551:
			c[0] = (uint16_t)(narrow(p.r, 5) << 10 | narrow(p.g, 5) << 5 | narrow(p.b, 5) |
					  (format->alpha && p.a >= 0x8000 ? 0x8000 : 0));
			memcpy(row + 2 * (size_t)x, c, 2);
			break;
		case WIC_565:
			c[0] = (uint16_t)(narrow(p.r, 5) << 11 | narrow(p.g, 6) << 5 | narrow(p.b, 5));
			memcpy(row + 2 * (size_t)x, c, 2);
			break;
		case WIC_RGB8:
		case WIC_RGB16:
			if (format->premultiplied) {
				p.r = (uint16_t)(((uint32_t)p.r * p.a + 32767u) / 65535u);
				p.g = (uint16_t)(((uint32_t)p.g * p.a + 32767u) / 65535u);
				p.b = (uint16_t)(((uint32_t)p.b * p.a + 32767u) / 65535u);
			}
			c[0] = format->bgr ? p.b : p.r;
			c[1] = p.g;
			c[2] = format->bgr ? p.r : p.b;
			c[3] = format->padding ? 0xFFFF : p.a;
			if (format->kind == WIC_RGB16)
				memcpy(row + (size_t)x * count * 2, c, count * 2);
			else
				for (UINT i = 0; i < count; i++)
					row[(size_t)x * count + i] = to8(c[i]);
			break;
		case WIC_CMYK8: {
			BYTE *ink = row + 4 * (size_t)x;
			unsigned r = to8(p.r), g = to8(p.g), b = to8(p.b);
			unsigned max = r > g ? r : g;

			if (b > max)
				max = b;
			ink[0] = (BYTE)(max ? (max - r) * 255 / max : 0);
			ink[1] = (BYTE)(max ? (max - g) * 255 / max : 0);
			ink[2] = (BYTE)(max ? (max - b) * 255 / max : 0);
			ink[3] = (BYTE)(255 - max);
			break;
		}
		}
	}
}

/* Every listed format becomes every other; to a palette only when the caller has one, which Initialize checks. */
bool wic_can_convert(const struct wic_format *from, const struct wic_format *to)
{
	return from && to;
}

HRESULT wic_convert_image(const struct wic_image *from, const struct wic_format *to, const WICColor *palette,
			  UINT palette_count, double alpha_threshold, struct wic_image **converted)
{
	struct wic_image *image;
	struct pixel *pixels;

	*converted = NULL;
	if (!wic_can_convert(from->format, to))
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	if (to->kind == WIC_INDEXED && from->format != to && !palette_count)
		return E_INVALIDARG;
	image = wic_image_create(from->width, from->height, to);
	pixels = image ? malloc((size_t)from->width * sizeof(*pixels)) : NULL;
	if (!pixels) {
		wic_image_release(image);
		return E_OUTOFMEMORY;
	}
	image->dpi_x = from->dpi_x;
	image->dpi_y = from->dpi_y;
	if (to->kind == WIC_INDEXED && palette_count) {
		image->palette_count = palette_count < (1u << to->bits) ? palette_count : 1u << to->bits;
		memcpy(image->palette, palette, image->palette_count * sizeof(*palette));
	} else if (from->format == to) {
		image->palette_count = from->palette_count;
		memcpy(image->palette, from->palette, sizeof(image->palette));
	}
	for (UINT y = 0; y < from->height; y++) {
		const BYTE *in = from->pixels + (size_t)y * from->stride;
		BYTE *out = image->pixels + (size_t)y * image->stride;

		if (from->format == to && !palette_count) {
			memcpy(out, in, wic_row_bytes(to, from->width));
		} else {
			read_row(from, in, pixels);
			write_row(image, out, pixels, (uint16_t)(alpha_threshold * 655.35));
		}
	}
	free(pixels);
	*converted = image;
	return S_OK;
}
