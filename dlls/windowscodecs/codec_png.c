/*
 * dlls/windowscodecs/codec_png.c - PNG through the host's libpng, opened on first need.
 *
 * Gamma and chromaticities are ignored, as WIC does; samples keep their depth.  Everything here runs on the host stack.
 */
#include "config.h"
#include "dlls/windowscodecs/wic.h"
#include "host/host.h"

static bool png_match(const BYTE *data, size_t size)
{
	static const BYTE magic[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
	return size >= sizeof(magic) && !memcmp(data, magic, sizeof(magic));
}

#ifdef HAVE_PNG_H
#include <png.h>
#include <setjmp.h>

#define PNG_FUNCTIONS(X)                                                                                             \
	X(png_create_read_struct) X(png_create_write_struct) X(png_create_info_struct) X(png_destroy_read_struct)    \
	X(png_destroy_write_struct) X(png_set_read_fn) X(png_set_write_fn) X(png_get_error_ptr) X(png_get_io_ptr)    \
	X(png_read_info) X(png_get_IHDR) X(png_get_PLTE) X(png_get_tRNS) X(png_get_pHYs) X(png_get_iCCP)             \
	X(png_get_sRGB) X(png_get_valid) X(png_set_bgr) X(png_set_swap) X(png_set_gray_to_rgb)                       \
	X(png_set_tRNS_to_alpha) X(png_read_update_info) X(png_read_image) X(png_read_end)                           \
	X(png_set_interlace_handling) X(png_set_IHDR) X(png_set_PLTE) X(png_set_tRNS) X(png_set_pHYs)                \
	X(png_set_iCCP) X(png_set_filter) X(png_write_info) X(png_write_image) X(png_write_end)                      \
	X(png_set_user_limits) X(png_set_benign_errors)

/* One member per function; filled once, all or nothing. */
static struct {
#define X(name) __typeof__(&name) name;
	PNG_FUNCTIONS(X)
#undef X
} png;

static bool load_library(void)
{
	static int state; /* 0 not tried, 1 there, -1 not there; a race opens it twice, which is harmless */
	void *library;

	if (state)
		return state > 0;
	library = host_library_open("libpng16.so.16");
	if (!library) {
		host_message("pewter: windowscodecs: libpng16.so.16 not found, so PNG images can't be read or written "
			     "(Debian: apt-get install libpng16-16)\n");
		state = -1;
		return false;
	}
#define X(name)                                                                                                      \
	png.name = (__typeof__(&name))host_library_symbol(library, #name);                                           \
	if (!png.name) {                                                                                             \
		host_message("pewter: windowscodecs: libpng16.so.16 has no %s\n", #name);                            \
		state = -1;                                                                                          \
		return false;                                                                                        \
	}
	PNG_FUNCTIONS(X)
#undef X
	state = 1;
	return true;
}

struct png_reader {
	jmp_buf escape;
	const BYTE *data;
	size_t size, at;
	bool writing;
	struct wic_output *output;
};

static void on_error(png_structp state, png_const_charp message)
{
	struct png_reader *reader = png.png_get_error_ptr(state);
	longjmp(reader->escape, 1);
}

static void on_warning(png_structp state, png_const_charp message)
{
}

static void on_read(png_structp state, png_bytep buffer, size_t size)
{
	struct png_reader *reader = png.png_get_io_ptr(state);

	if (size > reader->size - reader->at)
		on_error(state, NULL);
	memcpy(buffer, reader->data + reader->at, size);
	reader->at += size;
}

static void on_write(png_structp state, png_bytep buffer, size_t size)
{
	struct png_reader *reader = png.png_get_io_ptr(state);
	wic_put(reader->output, buffer, size);
}

static void on_flush(png_structp state)
{
}

/* The formats WIC gives for PNG (MSDN "PNG format overview" and Microsoft's published behaviour): gray with a
 * transparent value becomes indexed up to 8 bits and RGBA with 16; colour with one gets an alpha channel. */
static int choose_format(int color, int depth, bool transparent)
{
	switch (color) {
	case PNG_COLOR_TYPE_PALETTE:
		return depth == 1   ? WIC_FORMAT_1INDEXED
		       : depth == 2 ? WIC_FORMAT_2INDEXED
		       : depth == 4 ? WIC_FORMAT_4INDEXED
				    : WIC_FORMAT_8INDEXED;
	case PNG_COLOR_TYPE_GRAY:
		if (transparent)
			return depth == 16   ? WIC_FORMAT_64RGBA
			       : depth == 1  ? WIC_FORMAT_1INDEXED
			       : depth == 2  ? WIC_FORMAT_2INDEXED
			       : depth == 4  ? WIC_FORMAT_4INDEXED
					     : WIC_FORMAT_8INDEXED;
		return depth == 1   ? WIC_FORMAT_BLACKWHITE
		       : depth == 2 ? WIC_FORMAT_2GRAY
		       : depth == 4 ? WIC_FORMAT_4GRAY
		       : depth == 8 ? WIC_FORMAT_8GRAY
				    : WIC_FORMAT_16GRAY;
	case PNG_COLOR_TYPE_RGB:
		if (transparent)
			return depth == 16 ? WIC_FORMAT_64RGBA : WIC_FORMAT_32BGRA;
		return depth == 16 ? WIC_FORMAT_48RGB : WIC_FORMAT_24BGR;
	default:
		return depth == 16 ? WIC_FORMAT_64RGBA : WIC_FORMAT_32BGRA;
	}
}

static void read_palette(png_structp state, png_infop info, int color, int depth, struct wic_image *image)
{
	png_colorp colors;
	png_bytep alphas = NULL;
	png_color_16p transparent = NULL;
	int count = 0, alpha_count = 0;

	png.png_get_tRNS(state, info, &alphas, &alpha_count, &transparent);
	if (color == PNG_COLOR_TYPE_GRAY) {
		image->palette_count = 1u << depth;
		for (UINT i = 0; i < image->palette_count; i++)
			image->palette[i] = i * 255 / (image->palette_count - 1) * 0x010101u |
					    (transparent && transparent->gray == i ? 0 : 0xFF000000u);
		return;
	}
	if (!png.png_get_PLTE(state, info, &colors, &count))
		return;
	image->palette_count = (UINT)count;
	for (int i = 0; i < count; i++)
		image->palette[i] = (alphas && i < alpha_count ? (WICColor)alphas[i] << 24 : 0xFF000000u) |
				    (WICColor)colors[i].red << 16 | (WICColor)colors[i].green << 8 | colors[i].blue;
}

static void read_extras(png_structp state, png_infop info, struct wic_image *image)
{
	png_uint_32 x, y, length;
	png_charp name;
	png_bytep profile;
	int unit, method, intent;

	if (png.png_get_pHYs(state, info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER && x && y) {
		image->dpi_x = x * 0.0254;
		image->dpi_y = y * 0.0254;
	}
	if (png.png_get_iCCP(state, info, &name, &method, &profile, &length) && length) {
		image->profile = malloc(length);
		if (image->profile) {
			memcpy(image->profile, profile, length);
			image->profile_size = length;
		}
	} else if (png.png_get_sRGB(state, info, &intent)) {
		image->exif_color_space = 1;
	}
}

static HRESULT png_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	struct png_reader reader = {.data = data, .size = size};
	struct wic_image *volatile image = NULL;
	png_bytep *volatile rows = NULL;
	png_structp state;
	png_infop info;
	png_uint_32 width, height;
	int depth, color, interlace, compression, filter, format;
	bool transparent;

	if (!load_library())
		return WINCODEC_ERR_COMPONENTNOTFOUND;
	state = png.png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
	info = state ? png.png_create_info_struct(state) : NULL;
	if (!info) {
		if (state)
			png.png_destroy_read_struct(&state, NULL, NULL);
		return E_OUTOFMEMORY;
	}
	if (setjmp(reader.escape)) {
		png.png_destroy_read_struct(&state, &info, NULL);
		free(rows);
		wic_image_release(image);
		return WINCODEC_ERR_BADIMAGE;
	}
	png.png_set_read_fn(state, &reader, on_read);
	png.png_set_benign_errors(state, 1);
	png.png_set_user_limits(state, 0x7FFFFFFF, 0x7FFFFFFF);
	png.png_read_info(state, info);
	png.png_get_IHDR(state, info, &width, &height, &depth, &color, &interlace, &compression, &filter);
	transparent = png.png_get_valid(state, info, PNG_INFO_tRNS) != 0;
	format = choose_format(color, depth, transparent);
	image = wic_image_create(width, height, &wic_formats[format]);
	rows = image ? malloc(height * sizeof(*rows)) : NULL;
	if (!rows)
		on_error(state, NULL);
	if (wic_formats[format].kind == WIC_INDEXED) {
		read_palette(state, info, color, depth, image);
	} else {
		if (transparent)
			png.png_set_tRNS_to_alpha(state);
		if (wic_formats[format].alpha && (color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA))
			png.png_set_gray_to_rgb(state);
		if (wic_formats[format].bgr)
			png.png_set_bgr(state);
		if (depth == 16)
			png.png_set_swap(state);
	}
	read_extras(state, info, image);
	png.png_set_interlace_handling(state);
	png.png_read_update_info(state, info);
	for (png_uint_32 y = 0; y < height; y++)
		rows[y] = image->pixels + (size_t)y * image->stride;
	png.png_read_image(state, rows);
	/* Damage behind the pixels does not make the image unreadable. */
	png.png_destroy_read_struct(&state, &info, NULL);
	free(rows);
	return wic_picture_add(picture, image);
}

static int color_type(const struct wic_format *format)
{
	if (format->kind == WIC_INDEXED)
		return PNG_COLOR_TYPE_PALETTE;
	if (format->kind == WIC_GRAY || format->kind == WIC_GRAY16)
		return PNG_COLOR_TYPE_GRAY;
	return format->alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB;
}

static void write_palette(png_structp state, png_infop info, const struct wic_image *image)
{
	png_color colors[256];
	png_byte alphas[256];
	int alpha_count = 0;

	for (UINT i = 0; i < image->palette_count; i++) {
		WICColor color = image->palette[i];

		colors[i] = (png_color){(png_byte)(color >> 16), (png_byte)(color >> 8), (png_byte)color};
		alphas[i] = (png_byte)(color >> 24);
		if (alphas[i] != 255)
			alpha_count = (int)i + 1;
	}
	png.png_set_PLTE(state, info, colors, (int)image->palette_count);
	if (alpha_count)
		png.png_set_tRNS(state, info, alphas, alpha_count, NULL);
}

static HRESULT png_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			  struct wic_output *output)
{
	static const int filters[] = {PNG_ALL_FILTERS,	PNG_FILTER_NONE, PNG_FILTER_SUB, PNG_FILTER_UP,
				      PNG_FILTER_AVG, PNG_FILTER_PAETH, PNG_ALL_FILTERS};
	const struct wic_image *image = frames[0];
	const struct wic_format *format = image->format;
	struct png_reader writer = {.output = output};
	png_bytep *volatile rows;
	png_structp state;
	png_infop info;
	int depth;

	if (!load_library())
		return WINCODEC_ERR_COMPONENTNOTFOUND;
	if (format->kind == WIC_INDEXED && !image->palette_count)
		return WINCODEC_ERR_PALETTEUNAVAILABLE;
	rows = malloc(image->height * sizeof(*rows));
	state = png.png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, on_error, on_warning);
	info = state ? png.png_create_info_struct(state) : NULL;
	if (!rows || !info) {
		if (state)
			png.png_destroy_write_struct(&state, NULL);
		free(rows);
		return E_OUTOFMEMORY;
	}
	if (setjmp(writer.escape)) {
		png.png_destroy_write_struct(&state, &info);
		free(rows);
		return WINCODEC_ERR_INTERNALERROR;
	}
	png.png_set_write_fn(state, &writer, on_write, on_flush);
	depth = format->kind == WIC_RGB16 || format->kind == WIC_GRAY16 ? 16 : format->kind == WIC_RGB8 ? 8 : format->bits;
	png.png_set_IHDR(state, info, image->width, image->height, depth, color_type(format),
			 options->interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
			 PNG_FILTER_TYPE_DEFAULT);
	if (options->filter && options->filter < ARRAY_SIZE(filters))
		png.png_set_filter(state, PNG_FILTER_TYPE_BASE, filters[options->filter]);
	if (format->kind == WIC_INDEXED)
		write_palette(state, info, image);
	if (image->dpi_x != 96.0 || image->dpi_y != 96.0)
		png.png_set_pHYs(state, info, (png_uint_32)(image->dpi_x / 0.0254 + 0.5),
				 (png_uint_32)(image->dpi_y / 0.0254 + 0.5), PNG_RESOLUTION_METER);
	if (image->profile)
		png.png_set_iCCP(state, info, "ICC Profile", PNG_COMPRESSION_TYPE_BASE, image->profile, image->profile_size);
	png.png_write_info(state, info);
	if (format->bgr)
		png.png_set_bgr(state);
	if (depth == 16)
		png.png_set_swap(state);
	for (UINT y = 0; y < image->height; y++)
		rows[y] = image->pixels + (size_t)y * image->stride;
	png.png_write_image(state, rows);
	png.png_write_end(state, info);
	png.png_destroy_write_struct(&state, &info);
	free(rows);
	return S_OK;
}

#else
static HRESULT unavailable(void)
{
	host_message("pewter: this pewter was built without PNG images (Debian: install libpng-dev, configure again)\n");
	return WINCODEC_ERR_COMPONENTNOTFOUND;
}

static HRESULT png_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	return unavailable();
}

static HRESULT png_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			  struct wic_output *output)
{
	return unavailable();
}
#endif

static const BYTE png_formats[] = {
	WIC_FORMAT_BLACKWHITE, WIC_FORMAT_2GRAY,    WIC_FORMAT_4GRAY,	 WIC_FORMAT_8GRAY,    WIC_FORMAT_16GRAY,
	WIC_FORMAT_24BGR,      WIC_FORMAT_32BGRA,   WIC_FORMAT_48RGB,	 WIC_FORMAT_64RGBA,   WIC_FORMAT_1INDEXED,
	WIC_FORMAT_2INDEXED,   WIC_FORMAT_4INDEXED, WIC_FORMAT_8INDEXED, WIC_FORMAT_COUNT,
};

const struct wic_codec wic_png_codec = {
	.name = u"PNG",
	.extensions = u".png",
	.mime_types = u"image/png",
	.container = {0x1B7CFAF4, 0x713F, 0x473C, {0xBB, 0xCD, 0x61, 0x37, 0x42, 0x5F, 0xAE, 0xAF}},
	.decoder = {0x389EA17B, 0x5078, 0x4CDE, {0xB6, 0xEF, 0x25, 0xC1, 0x51, 0x75, 0xC7, 0x51}},
	.encoder = {0x27949969, 0x876A, 0x41D7, {0x94, 0x47, 0x56, 0x8F, 0x6A, 0x35, 0xA4, 0xDC}},
	.match = png_match,
	.decode = png_decode,
	.encode = png_encode,
	.encode_formats = png_formats,
	.encode_default = WIC_FORMAT_32BGRA,
	.lossless = true,
};
