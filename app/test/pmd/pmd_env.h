/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_ENV_H
#define PMD_ENV_H

/**
 * @file
 * What one run of the PMD tests is asked to do, and its surroundings: EAL, a private folder,
 * random numbers. Everything here belongs to the main thread.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/** Exit code that meson shows as "skipped". */
#define PMD_SKIP 77

#define PMD_PATH_MAX 256

/** Whether the thread sanitizer is in this program, with what gcc and clang say of it. */
#if defined(__SANITIZE_THREAD__)
#define PMD_UNDER_TSAN true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PMD_UNDER_TSAN true
#endif
#endif
#ifndef PMD_UNDER_TSAN
#define PMD_UNDER_TSAN false
#endif

enum pmd_transport {
	PMD_EMBEDDED, /**< the model lives in this process */
	PMD_PROCESS,  /**< the model is a process that this one starts */
	PMD_FOREIGN,  /**< another driver: develops the bodies, judges the tests */
};

/** The generation of the model, and who decompresses on V2. */
enum pmd_generation {
	PMD_V3,
	PMD_V2_SW,
	PMD_V2_HW,
	PMD_SW_ONLY, /**< no model at all: sw=only */
};

/** The command line, and what follows from it. */
struct pmd_env {
	enum pmd_transport transport;
	const char *foreign;    /**< vdev name of another driver */
	enum pmd_generation generation;
	bool pf;                /**< of a model process: a physical function */
	bool shadow;            /**< use shadow doorbells */
	bool software; /**< sw=on, of the group */
	bool huge;              /**< hugepages instead of --no-huge */
	const char *group;      /**< group to run */
	const char *filter;     /**< cases to run, or NULL for all */
	const char *devargs;    /**< more devargs of the device, or NULL */
	const char *fault;      /**< of the model, or NULL */
	const char *model;      /**< the model's program */
	const char *corpus;     /**< folder of the corpus */
	const char *socket;     /**< of a model started by another process, or NULL */
	const char *self;       /**< this program */
	char dir[PMD_PATH_MAX]; /**< private folder, removed at the end */
	unsigned int scale;     /**< iteration counts are divided by this */
	uint64_t seed;
	uint64_t first_seed;    /**< what to set to see the same again */
};

/** Filled before any case runs, then only read. */
extern struct pmd_env pmd_env;

/** A set of cases that run in one process on one device. */
struct pmd_group {
	const char *name;
	const struct CMUnitTest *tests;
	size_t nb_tests;
	const char *devargs;    /**< of the embedded model, or NULL */
	const char *model_args; /**< of the model process, blank-separated, or NULL */
	unsigned int queues;    /**< of the function; 0: the default */
	bool software;          /**< with what the driver does in software */
	bool only_process;      /**< needs the process transport */
	bool only_embedded;     /**< needs the embedded transport */
	bool no_device;         /**< probes devices itself */
	bool no_model;          /**< starts models itself */
	bool no_tsan;           /**< the thread sanitizer has to be absent */
	bool telemetry;         /**< of EAL is on */
	bool no_count;          /**< the count of the model's SQEs says nothing */
	bool no_engine;         /**< not all ops need the engine */
	bool model_dies;        /**< and takes its counts along */
	bool dma_faults;        /**< asks for memory that is not mapped */
};

extern const struct pmd_group pmd_group_dict; /**< with DPDK 25.11 and later */
extern const struct pmd_group pmd_group_lz4;  /**< with DPDK 23.03 and later */
extern const struct pmd_group pmd_group_oracle;
extern const struct pmd_group pmd_group_layout;
extern const struct pmd_group pmd_group_queues;
extern const struct pmd_group pmd_group_errors;
extern const struct pmd_group pmd_group_limits;
extern const struct pmd_group pmd_group_life;
extern const struct pmd_group pmd_group_objects;
extern const struct pmd_group pmd_group_devargs;
extern const struct pmd_group pmd_group_death;
extern const struct pmd_group pmd_group_traffic;
extern const struct pmd_group pmd_group_syscall;
extern const struct pmd_group pmd_group_faults;
extern const struct pmd_group pmd_group_property;
extern const struct pmd_group pmd_group_property_sw;
extern const struct pmd_group pmd_group_property_stream;
extern const struct pmd_group pmd_group_telemetry;
extern const struct pmd_group pmd_group_telemetry_life;
extern const struct pmd_group pmd_group_stream;
extern const struct pmd_group pmd_group_stream_life;
extern const struct pmd_group pmd_group_stream_death;
extern const struct pmd_group pmd_group_quiet;
extern const struct pmd_group pmd_group_caps;
extern const struct pmd_group pmd_group_software;

/**
 * Fills pmd_env.
 *
 * @return the group to run, or NULL after a message that lists what is valid
 */
const struct pmd_group *pmd_env_parse(int argc, char **argv);

/**
 * Makes the private folder, and with hugepages a mount of our own below it. Called by the
 * process that watches over the one that runs the tests.
 *
 * @return 0; PMD_SKIP with the reason printed; 1 on failure
 */
int pmd_env_prepare(void);

/** Undoes pmd_env_prepare(). */
void pmd_env_cleanup(void);

/** Starts EAL with arguments that need neither root nor hugepages, unless those are asked for. */
int pmd_env_start_eal(const struct pmd_group *group);

/** Begins a line that test.sh shows: what the group runs on, and its seed. */
void pmd_env_print_result(void);

/** @return @p n divided by the scale of this run, at least 1 */
unsigned int pmd_scaled(unsigned int n);

/** @return a random number; the seed is printed at the start and HISI_ZIP_TEST_SEED sets it */
uint64_t pmd_rand(void);

/** @return a random number between @p low and @p high, both included */
uint32_t pmd_rand_in(uint32_t low, uint32_t high);

/** @return monotonic time in milliseconds */
uint64_t pmd_now_ms(void);

#endif /* PMD_ENV_H */
