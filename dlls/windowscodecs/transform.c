/*
 * dlls/windowscodecs/transform.c - images in another size or turned.
 */
#include "dlls/windowscodecs/wic.h"

static unsigned get_channel(const struct wic_image *image, UINT x, UINT y, UINT channel, UINT count)
{
	const BYTE *row = image->pixels + (size_t)y * image->stride;
	uint16_t word;

	if (image->format->kind != WIC_RGB16 && image->format->kind != WIC_GRAY16)
		return row[(size_t)x * count + channel];
	memcpy(&word, row + ((size_t)x * count + channel) * 2, 2);
	return word;
}

static double sample_axis(double position, UINT limit, UINT *low, UINT *high)
{
	double at = position < 0 ? 0 : position > limit - 1 ? limit - 1 : position;

	*low = (UINT)at;
	*high = *low + 1 < limit ? *low + 1 : *low;
	return at - *low;
}

static double scaled_channel(const struct wic_image *from, const struct wic_image *to, UINT x, UINT y, UINT channel,
			     UINT count)
{
	double sx = (double)from->width / to->width, sy = (double)from->height / to->height;

	if (sx > 1 || sy > 1) {
		double x0 = x * sx, x1 = x0 + sx, y0 = y * sy, y1 = y0 + sy, sum = 0;

		for (UINT v = (UINT)y0; v < from->height && v < y1; v++) {
			double wy = (v + 1 < y1 ? v + 1 : y1) - (v > y0 ? v : y0);

			for (UINT u = (UINT)x0; u < from->width && u < x1; u++) {
				double wx = (u + 1 < x1 ? u + 1 : x1) - (u > x0 ? u : x0);

				sum += wx * wy * get_channel(from, u, v, channel, count);
			}
		}
		return sum / (sx * sy);
	} else {
		UINT u0, u1, v0, v1;
		double fx = sample_axis((x + 0.5) * sx - 0.5, from->width, &u0, &u1);
		double fy = sample_axis((y + 0.5) * sy - 0.5, from->height, &v0, &v1);

		return (get_channel(from, u0, v0, channel, count) * (1 - fx) +
			get_channel(from, u1, v0, channel, count) * fx) * (1 - fy) +
		       (get_channel(from, u0, v1, channel, count) * (1 - fx) +
			get_channel(from, u1, v1, channel, count) * fx) * fy;
	}
}

struct wic_image *wic_scale_image(const struct wic_image *from, UINT width, UINT height, INT mode)
{
	bool words = from->format->kind == WIC_RGB16 || from->format->kind == WIC_GRAY16;
	UINT bytes = from->format->bits / 8, count = words ? bytes / 2 : bytes;
	struct wic_image *to = wic_image_create(width, height, from->format);

	if (!to)
		return NULL;
	for (UINT y = 0; y < to->height; y++) {
		BYTE *row = to->pixels + (size_t)y * to->stride;
		UINT v = (UINT)((ULONGLONG)y * from->height / to->height);

		for (UINT x = 0; x < to->width; x++) {
			if (!mode) {
				UINT u = (UINT)((ULONGLONG)x * from->width / to->width);

				memcpy(row + (size_t)x * bytes, from->pixels + (size_t)v * from->stride + (size_t)u * bytes,
				       bytes);
				continue;
			}
			for (UINT i = 0; i < count; i++) {
				unsigned value = (unsigned)(scaled_channel(from, to, x, y, i, count) + 0.5);
				uint16_t word = (uint16_t)value;

				if (words)
					memcpy(row + ((size_t)x * count + i) * 2, &word, 2);
				else
					row[(size_t)x * count + i] = (BYTE)value;
			}
		}
	}
	return to;
}

struct wic_image *wic_rotate_image(const struct wic_image *from, UINT width, UINT height, INT mode)
{
	struct wic_image *to = wic_image_create(width, height, from->format);
	UINT bits = from->format->bits, bytes = bits / 8, turn = (UINT)mode & 3;

	if (!to)
		return NULL;
	to->palette_count = from->palette_count;
	memcpy(to->palette, from->palette, sizeof(to->palette));
	for (UINT y = 0; y < to->height; y++) {
		BYTE *row = to->pixels + (size_t)y * to->stride;

		for (UINT x = 0; x < to->width; x++) {
			UINT ux = mode & FLIP_HORIZONTAL ? to->width - 1 - x : x;
			UINT uy = mode & FLIP_VERTICAL ? to->height - 1 - y : y;
			UINT sx = turn == 0 ? ux : turn == 1 ? uy : turn == 2 ? from->width - 1 - ux : from->width - 1 - uy;
			UINT sy = turn == 0 ? uy : turn == 1 ? from->height - 1 - ux : turn == 2 ? from->height - 1 - uy : ux;
			const BYTE *source = from->pixels + (size_t)sy * from->stride;

			if (bytes) {
				memcpy(row + (size_t)x * bytes, source + (size_t)sx * bytes, bytes);
			} else {
				UINT in = sx * bits, out = x * bits;
				unsigned value = source[in / 8] >> (8 - bits - in % 8) & ((1u << bits) - 1);

				row[out / 8] |= (BYTE)(value << (8 - bits - out % 8));
			}
		}
	}
	return to;
}
