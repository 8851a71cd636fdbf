/*
 * dlls/windowscodecs/codec_jpeg.c - JPEG through the host's libjpeg, opened on first need, with its default
 * decompression (slow integer DCT, fancy upsampling).  Everything here runs on the host stack.
 */
#include "config.h"
#include "dlls/windowscodecs/wic.h"
#include "host/host.h"

static bool jpeg_match(const BYTE *data, size_t size)
{
	return size >= 3 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF;
}

#ifdef HAVE_JPEGLIB_H
#include <stdio.h>
#define XMD_H /* the integer types of nt/ntdef.h, not its own */
#include <jpeglib.h>
#include <setjmp.h>

#define JPEG_FUNCTIONS(X)                                                                                            \
	X(jpeg_std_error) X(jpeg_CreateDecompress) X(jpeg_destroy_decompress) X(jpeg_mem_src) X(jpeg_save_markers)   \
	X(jpeg_read_header) X(jpeg_start_decompress) X(jpeg_read_scanlines) X(jpeg_CreateCompress)                   \
	X(jpeg_destroy_compress) X(jpeg_set_defaults) X(jpeg_set_quality) X(jpeg_start_compress)                     \
	X(jpeg_write_scanlines) X(jpeg_finish_compress) X(jpeg_write_marker)

static struct {
#define X(name) __typeof__(&name) name;
	JPEG_FUNCTIONS(X)
#undef X
} jpeg;

static bool load_library(void)
{
	static int state;
	void *library;

	if (state)
		return state > 0;
	/* The two names are the two binary interfaces; the header that was built with decides. */
	library = host_library_open(JPEG_LIB_VERSION >= 80 ? "libjpeg.so.8" : "libjpeg.so.62");
	if (!library) {
		host_message("pewter: windowscodecs: libjpeg.so.62 not found, so JPEG images can't be read or written "
			     "(Debian: apt-get install libjpeg62-turbo)\n");
		state = -1;
		return false;
	}
#define X(name)                                                                                                      \
	jpeg.name = (__typeof__(&name))host_library_symbol(library, #name);                                          \
	if (!jpeg.name) {                                                                                            \
		host_message("pewter: windowscodecs: libjpeg has no %s\n", #name);                                   \
		state = -1;                                                                                          \
		return false;                                                                                        \
	}
	JPEG_FUNCTIONS(X)
#undef X
	state = 1;
	return true;
}

struct jpeg_error {
	struct jpeg_error_mgr base;
	jmp_buf escape;
};

static void on_error(j_common_ptr state)
{
	longjmp(((struct jpeg_error *)state->err)->escape, 1);
}

static void on_message(j_common_ptr state, int level)
{
}

static void on_output(j_common_ptr state)
{
}

static void set_errors(struct jpeg_error *error)
{
	jpeg.jpeg_std_error(&error->base);
	error->base.error_exit = on_error;
	error->base.emit_message = on_message;
	error->base.output_message = on_output;
}

#define ICC_MARKER (JPEG_APP0 + 2)
#define ICC_HEADER 14u

/* The profile is cut into APP2 segments that carry their number (ICC.1, annex B.4). */
static void read_profile(const struct jpeg_decompress_struct *state, struct wic_image *image)
{
	unsigned parts = 0, total = 0;

	for (jpeg_saved_marker_ptr marker = state->marker_list; marker; marker = marker->next) {
		if (marker->marker == ICC_MARKER && marker->data_length > ICC_HEADER &&
		    !memcmp(marker->data, "ICC_PROFILE", 12)) {
			parts++;
			total += marker->data_length - ICC_HEADER;
		}
	}
	if (!parts)
		return;
	image->profile = malloc(total);
	for (unsigned part = 1; image->profile && part <= parts; part++) {
		for (jpeg_saved_marker_ptr marker = state->marker_list; marker; marker = marker->next) {
			if (marker->marker == ICC_MARKER && marker->data_length > ICC_HEADER &&
			    !memcmp(marker->data, "ICC_PROFILE", 12) && marker->data[12] == part &&
			    marker->data[13] == parts) {
				unsigned size = marker->data_length - ICC_HEADER;

				if (size > total - image->profile_size)
					size = total - image->profile_size;
				memcpy(image->profile + image->profile_size, marker->data + ICC_HEADER, size);
				image->profile_size += size;
				break;
			}
		}
	}
}

static HRESULT jpeg_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	struct jpeg_decompress_struct state = {.client_data = NULL};
	struct wic_image *volatile image = NULL;
	struct jpeg_error error;
	int format;

	if (!load_library())
		return WINCODEC_ERR_COMPONENTNOTFOUND;
	set_errors(&error);
	state.err = &error.base;
	if (setjmp(error.escape)) {
		jpeg.jpeg_destroy_decompress(&state);
		wic_image_release(image);
		return WINCODEC_ERR_BADIMAGE;
	}
	jpeg.jpeg_CreateDecompress(&state, JPEG_LIB_VERSION, sizeof(state));
	jpeg.jpeg_mem_src(&state, data, size);
	jpeg.jpeg_save_markers(&state, ICC_MARKER, 0xFFFF);
	jpeg.jpeg_read_header(&state, TRUE);
	if (state.num_components == 1) {
		state.out_color_space = JCS_GRAYSCALE;
		format = WIC_FORMAT_8GRAY;
	} else if (state.num_components == 4) {
		state.out_color_space = JCS_CMYK;
		format = WIC_FORMAT_32CMYK;
	} else {
		state.out_color_space = JCS_RGB;
		format = WIC_FORMAT_24BGR;
	}
	jpeg.jpeg_start_decompress(&state);
	image = wic_image_create(state.output_width, state.output_height, &wic_formats[format]);
	if (!image)
		on_error((j_common_ptr)&state);
	if (state.density_unit == 1 && state.X_density && state.Y_density) {
		image->dpi_x = state.X_density;
		image->dpi_y = state.Y_density;
	} else if (state.density_unit == 2 && state.X_density && state.Y_density) {
		image->dpi_x = state.X_density * 2.54;
		image->dpi_y = state.Y_density * 2.54;
	}
	read_profile(&state, image);
	while (state.output_scanline < state.output_height) {
		BYTE *row = image->pixels + (size_t)state.output_scanline * image->stride;

		jpeg.jpeg_read_scanlines(&state, &row, 1);
		if (format == WIC_FORMAT_24BGR) {
			for (UINT x = 0; x < image->width; x++) {
				BYTE red = row[3 * (size_t)x];

				row[3 * (size_t)x] = row[3 * (size_t)x + 2];
				row[3 * (size_t)x + 2] = red;
			}
		} else if (format == WIC_FORMAT_32CMYK && state.saw_Adobe_marker) {
			/* Adobe stores ink inverted. */
			for (size_t i = 0; i < 4 * (size_t)image->width; i++)
				row[i] = (BYTE)(255 - row[i]);
		}
	}
	jpeg.jpeg_destroy_decompress(&state);
	return wic_picture_add(picture, image);
}

struct jpeg_target {
	struct jpeg_destination_mgr base;
	struct wic_output *output;
	BYTE buffer[4096];
};

static void target_init(j_compress_ptr state)
{
	struct jpeg_target *target = (struct jpeg_target *)state->dest;

	target->base.next_output_byte = target->buffer;
	target->base.free_in_buffer = sizeof(target->buffer);
}

static boolean target_empty(j_compress_ptr state)
{
	struct jpeg_target *target = (struct jpeg_target *)state->dest;

	wic_put(target->output, target->buffer, sizeof(target->buffer));
	target_init(state);
	return TRUE;
}

static void target_term(j_compress_ptr state)
{
	struct jpeg_target *target = (struct jpeg_target *)state->dest;

	wic_put(target->output, target->buffer, sizeof(target->buffer) - target->base.free_in_buffer);
}

static HRESULT jpeg_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			   struct wic_output *output)
{
	static const BYTE factors[][2] = {{2, 2}, {2, 2}, {2, 1}, {1, 1}, {1, 2}};
	const struct wic_image *image = frames[0];
	struct jpeg_compress_struct state = {.client_data = NULL};
	struct jpeg_target target = {.output = output};
	struct jpeg_error error;
	BYTE *volatile row = NULL;

	if (!load_library())
		return WINCODEC_ERR_COMPONENTNOTFOUND;
	set_errors(&error);
	state.err = &error.base;
	if (setjmp(error.escape)) {
		jpeg.jpeg_destroy_compress(&state);
		free(row);
		return WINCODEC_ERR_INTERNALERROR;
	}
	jpeg.jpeg_CreateCompress(&state, JPEG_LIB_VERSION, sizeof(state));
	target.base.init_destination = target_init;
	target.base.empty_output_buffer = target_empty;
	target.base.term_destination = target_term;
	state.dest = &target.base;
	state.image_width = image->width;
	state.image_height = image->height;
	state.input_components = image->format->bits / 8;
	state.in_color_space = image->format->bits == 8 ? JCS_GRAYSCALE : image->format->bits == 24 ? JCS_RGB : JCS_CMYK;
	jpeg.jpeg_set_defaults(&state);
	jpeg.jpeg_set_quality(&state, (int)(options->quality * 100 + 0.5f), TRUE);
	if (state.in_color_space == JCS_RGB && options->subsampling < ARRAY_SIZE(factors)) {
		state.comp_info[0].h_samp_factor = factors[options->subsampling][0];
		state.comp_info[0].v_samp_factor = factors[options->subsampling][1];
	}
	state.density_unit = 1;
	state.X_density = (UINT16)(image->dpi_x + 0.5);
	state.Y_density = (UINT16)(image->dpi_y + 0.5);
	row = malloc(image->stride);
	if (!row)
		on_error((j_common_ptr)&state);
	jpeg.jpeg_start_compress(&state, TRUE);
	for (UINT at = 0, part = 1; at < image->profile_size; part++) {
		UINT chunk = image->profile_size - at < 65519 ? image->profile_size - at : 65519;
		UINT parts = (image->profile_size + 65518) / 65519;
		BYTE *segment = malloc(ICC_HEADER + chunk);

		if (!segment)
			on_error((j_common_ptr)&state);
		memcpy(segment, "ICC_PROFILE", 12);
		segment[12] = (BYTE)part;
		segment[13] = (BYTE)parts;
		memcpy(segment + ICC_HEADER, image->profile + at, chunk);
		jpeg.jpeg_write_marker(&state, ICC_MARKER, segment, ICC_HEADER + chunk);
		free(segment);
		at += chunk;
	}
	while (state.next_scanline < state.image_height) {
		BYTE *line = row;

		memcpy(row, image->pixels + (size_t)state.next_scanline * image->stride, image->stride);
		for (UINT x = 0; state.in_color_space == JCS_RGB && x < image->width; x++) {
			BYTE blue = row[3 * (size_t)x];

			row[3 * (size_t)x] = row[3 * (size_t)x + 2];
			row[3 * (size_t)x + 2] = blue;
		}
		jpeg.jpeg_write_scanlines(&state, &line, 1);
	}
	jpeg.jpeg_finish_compress(&state);
	jpeg.jpeg_destroy_compress(&state);
	free(row);
	return S_OK;
}

#else
static HRESULT unavailable(void)
{
	host_message("pewter: this pewter was built without JPEG images (Debian: install libjpeg-dev, configure again)\n");
	return WINCODEC_ERR_COMPONENTNOTFOUND;
}

static HRESULT jpeg_decode(const BYTE *data, size_t size, struct wic_picture *picture)
{
	return unavailable();
}

static HRESULT jpeg_encode(struct wic_image *const *frames, UINT count, const struct wic_options *options,
			   struct wic_output *output)
{
	return unavailable();
}
#endif

static const BYTE jpeg_formats[] = {WIC_FORMAT_24BGR, WIC_FORMAT_8GRAY, WIC_FORMAT_32CMYK, WIC_FORMAT_COUNT};

const struct wic_codec wic_jpeg_codec = {
	.name = u"JPEG",
	.extensions = u".jpeg,.jpe,.jpg,.jfif,.exif",
	.mime_types = u"image/jpeg,image/jpe,image/jpg",
	.container = {0x19E4A5AA, 0x5662, 0x4FC5, {0xA0, 0xC0, 0x17, 0x58, 0x02, 0x8E, 0x10, 0x57}},
	.decoder = {0x9456A480, 0xE88B, 0x43EA, {0x9E, 0x73, 0x0B, 0x2D, 0x9B, 0x71, 0xB1, 0xCA}},
	.encoder = {0x1A34F5C1, 0x4A5A, 0x46DC, {0xB6, 0x44, 0x1F, 0x45, 0x67, 0xE7, 0xA6, 0x76}},
	.match = jpeg_match,
	.decode = jpeg_decode,
	.encode = jpeg_encode,
	.encode_formats = jpeg_formats,
	.encode_default = WIC_FORMAT_24BGR,
};
