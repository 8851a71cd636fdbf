/*
 * dlls/windowscodecs/codec_gif.c - GIF, reading only (GIF89a specification; LZW after its appendix F).  Each frame is
 * the rectangle that the file stores, as WIC gives it: to compose an animation is the program's work.
 */
#include "dlls/windowscodecs/wic.h"

static bool gif_match(const BYTE *data, size_t size)
{
	return size >= 13 && !memcmp(data, "GIF8", 4) && (data[4] == '7' || data[4] == '9') && data[5] == 'a';
}

struct gif {
	const BYTE *at, *end;
};

static int get(struct gif *gif)
{
	return gif->at < gif->end ? *gif->at++ : -1;
}

static void skip_blocks(struct gif *gif)
{
	for (;;) {
		int size = get(gif);

		if (size <= 0)
			return;
		gif->at = gif->end - gif->at < size ? gif->end : gif->at + size;
	}
}

#define LZW_CODES 4096
struct lzw {
	struct gif *gif;
	unsigned bits, have, block;
	uint16_t prefix[LZW_CODES];
	BYTE suffix[LZW_CODES];
	BYTE stack[LZW_CODES];
};

static int next_code(struct lzw *lzw, unsigned width)
{
	int code;

	while (lzw->have < width) {
		int byte;

		if (!lzw->block) {
			int size = get(lzw->gif);

			if (size <= 0)
				return -1;
			lzw->block = (unsigned)size;
		}
		byte = get(lzw->gif);
		if (byte < 0)
			return -1;
		lzw->block--;
		lzw->bits |= (unsigned)byte << lzw->have;
		lzw->have += 8;
	}
	code = (int)(lzw->bits & ((1u << width) - 1));
	lzw->bits >>= width;
	lzw->have -= width;
	return code;
}

/* Fills `count` indices; what is missing stays zero. */
static bool decode_lzw(struct gif *gif, BYTE *indices, size_t count)
{
	int root = get(gif);
	struct lzw *lzw;
	unsigned clear, width, next;
	int previous = -1;
	size_t done = 0;
	BYTE first = 0;

	if (root < 1 || root > 11)
		return false;
	lzw = calloc(1, sizeof(*lzw));
	if (!lzw)
		return false;
	lzw->gif = gif;
	clear = 1u << root;
	width = (unsigned)root + 1;
	next = clear + 2;
	for (;;) {
		int code = next_code(lzw, width), walk;
		unsigned depth = 0;

		if (code < 0 || code == (int)clear + 1)
			break;
		if (code == (int)clear) {
			width = (unsigned)root + 1;
			next = clear + 2;
			previous = -1;
			continue;
		}
		if (code > (int)next || (code == (int)next && previous < 0) || (previous < 0 && code > (int)clear))
			break;
		walk = code;
		if (code == (int)next) {
			lzw->stack[depth++] = first;
			walk = previous;
		}
		while (walk >= (int)clear && depth < LZW_CODES) {
			lzw->stack[depth++] = lzw->suffix[walk];
			walk = lzw->prefix[walk];
		}
		if (depth == LZW_CODES)
			break;
		first = (BYTE)walk;
		lzw->stack[depth++] = first;
		if (previous >= 0 && next < LZW_CODES) {
			lzw->prefix[next] = (uint16_t)previous;
			lzw->suffix[next] = first;
			next++;
			if (next == 1u << width && width < 12)
				width++;
		}
		previous = code;
		while (depth && done < count)
			indices[done++] = lzw->stack[--depth];
	}
	gif->at = gif->end - gif->at < lzw->block ? gif->end : gif->at + lzw->block;
	free(lzw);
	return true;
}

static UINT read_palette(struct gif *gif, int flags, WICColor palette[256])
{
	UINT count = 2u << (flags & 7);

	for (UINT i = 0; i < count; i++) {
		int red = get(gif), green = get(gif), blue = get(gif);

		palette[i] = 0xFF000000u;
		if (blue >= 0)
			palette[i] |= (WICColor)red << 16 | (WICColor)green << 8 | (WICColor)blue;
	}
	return count;
}

static HRESULT read_frame(struct gif *gif, int transparent, struct wic_picture *picture)
{
	static const BYTE starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
	struct wic_image *image;
	UINT width, height;
	BYTE *indices;
	int flags;

	if (gif->end - gif->at < 9)
		return WINCODEC_ERR_BADIMAGE;
	width = gif->at[4] | (UINT)gif->at[5] << 8;
	height = gif->at[6] | (UINT)gif->at[7] << 8;
	flags = gif->at[8];
	gif->at += 9;
	image = wic_image_create(width, height, &wic_formats[WIC_FORMAT_8INDEXED]);
	if (!image)
		return WINCODEC_ERR_BADIMAGE;
	if (flags & 0x80) {
		image->palette_count = read_palette(gif, flags, image->palette);
	} else {
		image->palette_count = picture->palette_count;
		memcpy(image->palette, picture->palette, sizeof(image->palette));
	}
	if (transparent >= 0 && (UINT)transparent < image->palette_count)
		image->palette[transparent] &= 0xFFFFFF;
	indices = calloc(width, height);
	if (!indices || !decode_lzw(gif, indices, (size_t)width * height)) {
		free(indices);
		wic_image_release(image);
		return WINCODEC_ERR_BADIMAGE;
	}
	if (flags & 0x40) {
		UINT from = 0;

		for (int pass = 0; pass < 4; pass++) {
			for (UINT y = starts[pass]; y < height; y += steps[pass], from++)
				memcpy(image->pixels + (size_t)y * image->stride, indices + (size_t)from * width, width);
		}
	} else {
		for (UINT y = 0; y < height; y++)
			memcpy(image->pixels + (size_t)y * image->stride, indices + (size_t)y * width, width);
	}
	free(indices);
	skip_blocks(gif);
	return wic_picture_add(picture, image);
}

static HRESULT gif_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	struct gif gif = {data + 13, data + size};
	int transparent = -1;

	if (data[10] & 0x80)
		picture->palette_count = read_palette(&gif, data[10], picture->palette);
	for (;;) {
		int kind = get(&gif);

		if (kind == 0x2C) {
			HRESULT result = read_frame(&gif, transparent, picture);

			/* A damaged tail leaves the frames before it. */
			if (FAILED(result))
				return picture->count ? S_OK : result;
			transparent = -1;
		} else if (kind == 0x21) {
			int label = get(&gif);

			if (label == 0xF9 && gif.end - gif.at >= 5)
				transparent = gif.at[1] & 1 ? gif.at[4] : -1;
			skip_blocks(&gif);
		} else {
			return S_OK;
		}
	}
}

static const BYTE gif_formats[] = {WIC_FORMAT_8INDEXED, WIC_FORMAT_COUNT};

const struct wic_codec wic_gif_codec = {
	.name = u"GIF",
	.extensions = u".gif",
	.mime_types = u"image/gif",
	.container = {0x1F8A5601, 0x7D4D, 0x4CBD, {0x9C, 0x82, 0x1B, 0xC8, 0xD4, 0xEE, 0xB9, 0xA5}},
	.decoder = {0x381DDA3C, 0x9CE9, 0x4834, {0xA2, 0x3E, 0x1F, 0x98, 0xF8, 0xFC, 0x52, 0xBE}},
	.match = gif_match,
	.decode = gif_decode,
	.encode_formats = gif_formats,
	.multiframe = true,
	.animation = true,
	.lossless = true,
};
