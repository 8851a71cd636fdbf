/*
 * dlls/windowscodecs/codec_tiff.c - TIFF 6.0: strips and tiles, uncompressed, PackBits and LZW with the horizontal
 * predictor; bilevel, gray, palette, RGB and RGBA with 1 to 16 bits; both byte orders; all pages.
 */
#include "dlls/windowscodecs/wic.h"

enum { TAG_WIDTH = 256, TAG_HEIGHT, TAG_BITS, TAG_COMPRESSION, TAG_PHOTOMETRIC = 262, TAG_STRIP_OFFSETS = 273,
       TAG_SAMPLES = 277, TAG_ROWS_PER_STRIP, TAG_STRIP_SIZES, TAG_X_RESOLUTION = 282, TAG_Y_RESOLUTION,
       TAG_PLANAR = 284, TAG_RESOLUTION_UNIT = 296, TAG_PREDICTOR = 317, TAG_COLOR_MAP = 320, TAG_TILE_WIDTH = 322,
       TAG_TILE_HEIGHT, TAG_TILE_OFFSETS, TAG_TILE_SIZES, TAG_EXTRA_SAMPLES = 338, TAG_ICC = 34675 };
enum { NONE = 1, LZW = 5, PACKBITS = 32773 };
#define MAX_PAGES 1024

struct tiff {
	const BYTE *data;
	size_t size;
	bool big;
};

static unsigned get16(const struct tiff *tiff, size_t at)
{
	const BYTE *p = tiff->data + at;

	if (at + 2 > tiff->size)
		return 0;
	return tiff->big ? (unsigned)p[0] << 8 | p[1] : p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const struct tiff *tiff, size_t at)
{
	return tiff->big ? (uint32_t)get16(tiff, at) << 16 | get16(tiff, at + 2)
			 : get16(tiff, at) | (uint32_t)get16(tiff, at + 2) << 16;
}

/* Where the entry of a tag is in a directory; 0 = not there. */
static size_t find_tag(const struct tiff *tiff, size_t directory, unsigned tag)
{
	unsigned count = get16(tiff, directory);

	for (unsigned i = 0; i < count; i++) {
		if (get16(tiff, directory + 2 + 12 * (size_t)i) == tag)
			return directory + 2 + 12 * (size_t)i;
	}
	return 0;
}

/* One value of an entry of BYTE, SHORT or LONG. */
static uint32_t value_at(const struct tiff *tiff, size_t entry, uint32_t index, uint32_t otherwise)
{
	static const BYTE sizes[] = {0, 1, 1, 2, 4, 8};
	unsigned type;
	uint32_t count;
	size_t at;

	if (!entry)
		return otherwise;
	type = get16(tiff, entry + 2);
	count = get32(tiff, entry + 4);
	if (index >= count || type == 0 || type > 4)
		return otherwise;
	at = (uint64_t)count * sizes[type] <= 4 ? entry + 8 : get32(tiff, entry + 8);
	at += (size_t)index * sizes[type];
	if (at + sizes[type] > tiff->size)
		return otherwise;
	return type == 3 ? get16(tiff, at) : type == 4 ? get32(tiff, at) : tiff->data[at];
}

static uint32_t tag_value(const struct tiff *tiff, size_t directory, unsigned tag, uint32_t otherwise)
{
	return value_at(tiff, find_tag(tiff, directory, tag), 0, otherwise);
}

static double tag_rational(const struct tiff *tiff, size_t directory, unsigned tag)
{
	size_t entry = find_tag(tiff, directory, tag), at;

	if (!entry || get16(tiff, entry + 2) != 5)
		return 0;
	at = get32(tiff, entry + 8);
	return get32(tiff, at + 4) ? (double)get32(tiff, at) / get32(tiff, at + 4) : 0;
}

static void unpack_bits(const BYTE *from, size_t size, BYTE *to, size_t capacity)
{
	const BYTE *end = from + size;
	size_t done = 0;

	while (from < end && done < capacity) {
		int n = (signed char)*from++;

		if (n >= 0) {
			for (int i = 0; i <= n && from < end && done < capacity; i++)
				to[done++] = *from++;
		} else if (n != -128 && from < end) {
			for (int i = 0; i <= -n && done < capacity; i++)
				to[done++] = *from;
			from++;
		}
	}
}

struct lzw_table {
	uint16_t prefix[4096];
	BYTE suffix[4096];
	BYTE stack[4096];
};

/* Codes from the high bits, widths grow one code early (TIFF 6.0, section 13). */
static bool unpack_lzw(const BYTE *from, size_t size, BYTE *to, size_t capacity)
{
	struct lzw_table *table = malloc(sizeof(*table));
	size_t done = 0, at = 0;
	uint32_t bits = 0;
	unsigned have = 0, width = 9, next = 258;
	int previous = -1;
	BYTE first = 0;

	if (!table)
		return false;
	while (done < capacity) {
		unsigned code, walk, depth = 0;

		while (have < width && at < size) {
			bits = bits << 8 | from[at++];
			have += 8;
		}
		if (have < width)
			break;
		code = bits >> (have - width) & ((1u << width) - 1);
		have -= width;
		if (code == 257)
			break;
		if (code == 256) {
			width = 9;
			next = 258;
			previous = -1;
			continue;
		}
		if (code > next || (code == next && previous < 0) || (previous < 0 && code > 255))
			break;
		walk = code;
		if (code == next) {
			table->stack[depth++] = first;
			walk = (unsigned)previous;
		}
		while (walk > 257 && depth < 4095) {
			table->stack[depth++] = table->suffix[walk];
			walk = table->prefix[walk];
		}
		if (walk > 255)
			break;
		first = (BYTE)walk;
		table->stack[depth++] = first;
		if (previous >= 0 && next < 4096) {
			table->prefix[next] = (uint16_t)previous;
			table->suffix[next] = first;
			next++;
			if (next + 1 == 1u << width && width < 12)
				width++;
		}
		previous = (int)code;
		while (depth && done < capacity)
			to[done++] = table->stack[--depth];
	}
	free(table);
	return true;
}

struct page {
	uint32_t width, height, bits, samples, compression, photometric, predictor;
	uint32_t block_width, block_height; /* of a strip or tile */
	bool tiled;
};

static void undo_predictor(const struct tiff *tiff, const struct page *page, BYTE *block, size_t row)
{
	for (uint32_t y = 0; y < page->block_height; y++) {
		BYTE *line = block + y * row;

		if (page->bits == 8) {
			for (size_t i = page->samples; i < row; i++)
				line[i] = (BYTE)(line[i] + line[i - page->samples]);
		} else if (page->bits == 16) {
			for (size_t i = page->samples; i < row / 2; i++) {
				const BYTE *before = line + 2 * (i - page->samples);
				BYTE *now = line + 2 * i;
				unsigned sum = tiff->big ? ((unsigned)now[0] << 8 | now[1]) + ((unsigned)before[0] << 8 | before[1])
							 : (now[0] | (unsigned)now[1] << 8) + (before[0] | (unsigned)before[1] << 8);

				now[tiff->big ? 1 : 0] = (BYTE)sum;
				now[tiff->big ? 0 : 1] = (BYTE)(sum >> 8);
			}
		}
	}
}

static int choose_format(const struct page *page, uint32_t extra)
{
	if (page->photometric == 3 && page->samples == 1)
		return page->bits == 1	 ? WIC_FORMAT_1INDEXED
		       : page->bits == 2 ? WIC_FORMAT_2INDEXED
		       : page->bits == 4 ? WIC_FORMAT_4INDEXED
		       : page->bits == 8 ? WIC_FORMAT_8INDEXED
					 : -1;
	if (page->photometric <= 1 && page->samples == 1)
		return page->bits == 1	  ? WIC_FORMAT_BLACKWHITE
		       : page->bits == 2  ? WIC_FORMAT_2GRAY
		       : page->bits == 4  ? WIC_FORMAT_4GRAY
		       : page->bits == 8  ? WIC_FORMAT_8GRAY
		       : page->bits == 16 ? WIC_FORMAT_16GRAY
					  : -1;
	if (page->photometric == 2 && page->samples == 3)
		return page->bits == 8 ? WIC_FORMAT_24BGR : page->bits == 16 ? WIC_FORMAT_48RGB : -1;
	if (page->photometric == 2 && page->samples == 4) {
		if (page->bits == 8)
			return extra == 1 ? WIC_FORMAT_32PBGRA : WIC_FORMAT_32BGRA;
		if (page->bits == 16)
			return extra == 1 ? WIC_FORMAT_64PRGBA : WIC_FORMAT_64RGBA;
	}
	if (page->photometric == 5 && page->samples == 4 && page->bits == 8)
		return WIC_FORMAT_32CMYK;
	return -1;
}

/* One row of a block, in the file's order, to the image's. */
static void store_row(const struct tiff *tiff, const struct page *page, const BYTE *from, struct wic_image *image,
		      uint32_t x, uint32_t y, uint32_t columns)
{
	UINT bits = image->format->bits;
	BYTE *to = image->pixels + (size_t)y * image->stride + (size_t)x * bits / 8;
	size_t bytes = ((size_t)columns * bits + 7) / 8;

	if (image->format->kind == WIC_RGB8) {
		UINT count = bits / 8;

		for (size_t i = 0; i < columns; i++) {
			to[i * count] = from[i * count + 2];
			to[i * count + 1] = from[i * count + 1];
			to[i * count + 2] = from[i * count];
			if (count == 4)
				to[i * count + 3] = from[i * count + 3];
		}
		return;
	}
	memcpy(to, from, bytes);
	if (page->bits == 16 && tiff->big) {
		for (size_t i = 0; i + 1 < bytes; i += 2) {
			BYTE swap = to[i];

			to[i] = to[i + 1];
			to[i + 1] = swap;
		}
	}
	/* White is zero. */
	for (size_t i = 0; page->photometric == 0 && i < bytes; i++)
		to[i] = (BYTE)~to[i];
}

static HRESULT read_blocks(const struct tiff *tiff, size_t directory, const struct page *page, struct wic_image *image)
{
	size_t offsets = find_tag(tiff, directory, page->tiled ? TAG_TILE_OFFSETS : TAG_STRIP_OFFSETS);
	size_t sizes = find_tag(tiff, directory, page->tiled ? TAG_TILE_SIZES : TAG_STRIP_SIZES);
	size_t row = ((size_t)page->block_width * page->bits * page->samples + 7) / 8;
	uint32_t across = (page->width + page->block_width - 1) / page->block_width;
	BYTE *block;

	if (!offsets || row * page->block_height > ((size_t)1 << 31))
		return WINCODEC_ERR_BADIMAGE;
	block = malloc(row * page->block_height + 1);
	if (!block)
		return E_OUTOFMEMORY;
	for (uint32_t top = 0, index = 0; top < page->height; top += page->block_height) {
		for (uint32_t column = 0; column < across; column++, index++) {
			uint32_t at = value_at(tiff, offsets, index, 0), left = column * page->block_width;
			uint32_t rows = page->height - top < page->block_height ? page->height - top : page->block_height;
			uint32_t columns = page->width - left < page->block_width ? page->width - left : page->block_width;
			uint32_t size = value_at(tiff, sizes, index, (uint32_t)(row * rows));
			bool good = true;

			if (!at || at > tiff->size) {
				free(block);
				return WINCODEC_ERR_BADIMAGE;
			}
			if (size > tiff->size - at)
				size = (uint32_t)(tiff->size - at);
			memset(block, 0, row * page->block_height);
			if (page->compression == NONE)
				memcpy(block, tiff->data + at, size < row * page->block_height ? size : row * page->block_height);
			else if (page->compression == PACKBITS)
				unpack_bits(tiff->data + at, size, block, row * page->block_height);
			else
				good = unpack_lzw(tiff->data + at, size, block, row * page->block_height);
			if (!good) {
				free(block);
				return E_OUTOFMEMORY;
			}
			if (page->predictor == 2)
				undo_predictor(tiff, page, block, row);
			for (uint32_t y = 0; y < rows; y++)
				store_row(tiff, page, block + y * row, image, left, top + y, columns);
		}
	}
	free(block);
	return S_OK;
}

static void read_extras(const struct tiff *tiff, size_t directory, const struct page *page, struct wic_image *image)
{
	double x = tag_rational(tiff, directory, TAG_X_RESOLUTION), y = tag_rational(tiff, directory, TAG_Y_RESOLUTION);
	uint32_t unit = tag_value(tiff, directory, TAG_RESOLUTION_UNIT, 2);
	size_t entry = find_tag(tiff, directory, TAG_ICC);

	if (x > 0 && y > 0 && (unit == 2 || unit == 3)) {
		image->dpi_x = unit == 3 ? x * 2.54 : x;
		image->dpi_y = unit == 3 ? y * 2.54 : y;
	}
	if (entry) {
		uint32_t size = get32(tiff, entry + 4), at = get32(tiff, entry + 8);

		if (size > 4 && at < tiff->size && size <= tiff->size - at) {
			image->profile = malloc(size);
			if (image->profile) {
				memcpy(image->profile, tiff->data + at, size);
				image->profile_size = size;
			}
		}
	}
	if (image->format->kind == WIC_INDEXED) {
		size_t map = find_tag(tiff, directory, TAG_COLOR_MAP);
		UINT count = 1u << page->bits;

		image->palette_count = count;
		for (UINT i = 0; i < count; i++)
			image->palette[i] = 0xFF000000u | value_at(tiff, map, i, 0) >> 8 << 16 |
					    value_at(tiff, map, count + i, 0) >> 8 << 8 |
					    value_at(tiff, map, 2 * count + i, 0) >> 8;
	}
}

static HRESULT read_page(const struct tiff *tiff, size_t directory, struct wic_picture *picture)
{
	struct page page = {
		.width = tag_value(tiff, directory, TAG_WIDTH, 0),
		.height = tag_value(tiff, directory, TAG_HEIGHT, 0),
		.bits = tag_value(tiff, directory, TAG_BITS, 1),
		.samples = tag_value(tiff, directory, TAG_SAMPLES, 1),
		.compression = tag_value(tiff, directory, TAG_COMPRESSION, NONE),
		.photometric = tag_value(tiff, directory, TAG_PHOTOMETRIC, 1),
		.predictor = tag_value(tiff, directory, TAG_PREDICTOR, 1),
	};
	struct wic_image *image;
	HRESULT result;
	int format;

	page.tiled = find_tag(tiff, directory, TAG_TILE_WIDTH) != 0;
	page.block_width = page.tiled ? tag_value(tiff, directory, TAG_TILE_WIDTH, 0) : page.width;
	page.block_height = page.tiled ? tag_value(tiff, directory, TAG_TILE_HEIGHT, 0)
				       : tag_value(tiff, directory, TAG_ROWS_PER_STRIP, page.height);
	if (!page.tiled && page.block_height > page.height)
		page.block_height = page.height;
	if (!page.width || !page.height || !page.block_width || !page.block_height || page.bits > 16 || page.samples > 4)
		return WINCODEC_ERR_BADHEADER;
	if (page.tiled && (page.block_width % 8 || page.block_width > 0x10000 || page.block_height > 0x10000))
		return WINCODEC_ERR_BADHEADER;
	format = choose_format(&page, tag_value(tiff, directory, TAG_EXTRA_SAMPLES, 2));
	if (format < 0 || (page.compression != NONE && page.compression != LZW && page.compression != PACKBITS) ||
	    tag_value(tiff, directory, TAG_PLANAR, 1) != 1)
		return WINCODEC_ERR_UNSUPPORTEDPIXELFORMAT;
	image = wic_image_create(page.width, page.height, &wic_formats[format]);
	if (!image)
		return WINCODEC_ERR_IMAGESIZEOUTOFRANGE;
	read_extras(tiff, directory, &page, image);
	result = read_blocks(tiff, directory, &page, image);
	if (FAILED(result)) {
		wic_image_release(image);
		return result;
	}
	return wic_picture_add(picture, image);
}

static bool tiff_match(const BYTE *data, size_t size)
{
	return size >= 8 && (!memcmp(data, "II*\0", 4) || !memcmp(data, "MM\0*", 4));
}

static HRESULT tiff_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	struct tiff tiff = {data, size, data[0] == 'M'};
	uint32_t directory = get32(&tiff, 4);

	/* A chain that runs in a circle ends at the page limit. */
	for (int page = 0; directory && directory < size && page < MAX_PAGES; page++) {
		HRESULT result = read_page(&tiff, directory, picture);

		if (FAILED(result))
			return picture->count ? S_OK : result;
		directory = get32(&tiff, directory + 2 + 12 * (size_t)get16(&tiff, directory));
	}
	return S_OK;
}

/* One entry of a directory: SHORT (3), LONG (4) or RATIONAL (5). */
static void put_entry(struct wic_output *output, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
	wic_put16(output, tag);
	wic_put16(output, type);
	wic_put32(output, count);
	wic_put32(output, value);
}

/* Pages are written uncompressed, which the option permits for every value but those it names. */
static HRESULT tiff_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			   struct wic_output *output)
{
	if (options->tiff_compression > 1)
		return WINCODEC_ERR_UNSUPPORTEDOPERATION;
	wic_put(output, "II*\0", 4);
	for (UINT i = 0; i < count; i++) {
		const struct wic_image *image = frames[i];
		const struct wic_format *format = image->format;
		bool color = format->kind == WIC_RGB8 || format->kind == WIC_RGB16;
		UINT row = wic_row_bytes(format, image->width), samples = color ? (format->alpha ? 4 : 3) : 1;
		UINT depth = format->bits / samples, entries = 13 + (format->alpha && color) + (format->kind == WIC_INDEXED);
		/* header, then per page: link, directory, bits, resolutions, map, pixels */
		uint32_t directory = (uint32_t)output->size + 4, extra = directory + 2 + 12 * entries + 4;
		uint32_t map = extra + 8 + 16, pixels = map + (format->kind == WIC_INDEXED ? 6u << depth : 0);

		wic_put32(output, directory);
		wic_put16(output, entries);
		put_entry(output, TAG_WIDTH, 4, 1, image->width);
		put_entry(output, TAG_HEIGHT, 4, 1, image->height);
		put_entry(output, TAG_BITS, 3, samples, samples > 2 ? extra : depth);
		put_entry(output, TAG_COMPRESSION, 3, 1, NONE);
		put_entry(output, TAG_PHOTOMETRIC, 3, 1, color ? 2 : format->kind == WIC_INDEXED ? 3 : 1);
		put_entry(output, TAG_STRIP_OFFSETS, 4, 1, pixels);
		put_entry(output, TAG_SAMPLES, 3, 1, samples);
		put_entry(output, TAG_ROWS_PER_STRIP, 4, 1, image->height);
		put_entry(output, TAG_STRIP_SIZES, 4, 1, row * image->height);
		put_entry(output, TAG_X_RESOLUTION, 5, 1, extra + 8);
		put_entry(output, TAG_Y_RESOLUTION, 5, 1, extra + 16);
		put_entry(output, TAG_PLANAR, 3, 1, 1);
		put_entry(output, TAG_RESOLUTION_UNIT, 3, 1, 2);
		if (format->kind == WIC_INDEXED)
			put_entry(output, TAG_COLOR_MAP, 3, 3u << depth, map);
		if (format->alpha && color)
			put_entry(output, TAG_EXTRA_SAMPLES, 3, 1, format->premultiplied ? 1 : 2);
		/* The link to the next page: its own link word comes first behind these pixels. */
		wic_put32(output, i + 1 < count ? pixels + row * image->height + (row * image->height & 1) + 4 : 0);
		for (int j = 0; j < 4; j++)
			wic_put16(output, depth);
		wic_put32(output, (uint32_t)(image->dpi_x * 1000 + 0.5));
		wic_put32(output, 1000);
		wic_put32(output, (uint32_t)(image->dpi_y * 1000 + 0.5));
		wic_put32(output, 1000);
		for (int channel = 2; format->kind == WIC_INDEXED && channel >= 0; channel--) {
			for (UINT j = 0; j < 1u << depth; j++)
				wic_put16(output, j < image->palette_count ? (image->palette[j] >> 8 * channel & 255) * 257 : 0);
		}
		for (UINT y = 0; y < image->height; y++) {
			BYTE *line = image->pixels + (size_t)y * image->stride;

			for (UINT x = 0; format->kind == WIC_RGB8 && x < image->width; x++) {
				BYTE *p = line + (size_t)x * samples, blue = p[0];

				p[0] = p[2];
				p[2] = blue;
			}
			wic_put(output, line, row);
		}
		if (row * image->height & 1)
			wic_put(output, "", 1);
	}
	return S_OK;
}

static const BYTE tiff_formats[] = {
	WIC_FORMAT_BLACKWHITE, WIC_FORMAT_4GRAY, WIC_FORMAT_8GRAY,  WIC_FORMAT_16GRAY,	 WIC_FORMAT_24BGR,    WIC_FORMAT_32BGRA,
	WIC_FORMAT_32PBGRA,    WIC_FORMAT_48RGB, WIC_FORMAT_64RGBA, WIC_FORMAT_64PRGBA, WIC_FORMAT_4INDEXED, WIC_FORMAT_8INDEXED,
	WIC_FORMAT_COUNT,
};

const struct wic_codec wic_tiff_codec = {
	.name = u"TIFF",
	.extensions = u".tiff,.tif",
	.mime_types = u"image/tiff,image/tif",
	.container = {0x163BCC30, 0xE2E9, 0x4F0B, {0x96, 0x1D, 0xA3, 0xE9, 0xFD, 0xB7, 0x88, 0xA3}},
	.decoder = {0xB54E85D9, 0xFE23, 0x499F, {0x8B, 0x88, 0x6A, 0xCE, 0xA7, 0x13, 0x75, 0x2B}},
	.encoder = {0x0131BE10, 0x2001, 0x4C5F, {0xA9, 0xB0, 0xCC, 0x88, 0xFA, 0xB6, 0x4C, 0xE8}},
	.match = tiff_match,
	.decode = tiff_decode,
	.encode = tiff_encode,
	.encode_formats = tiff_formats,
	.encode_default = WIC_FORMAT_32BGRA,
	.multiframe = true,
	.lossless = true,
};
