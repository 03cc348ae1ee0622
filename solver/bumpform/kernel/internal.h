/* What the files of C share among themselves. */
#ifndef BUMPFORM_INTERNAL_H
#define BUMPFORM_INTERNAL_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "forms.h" /* made by weak_forms.py */

/* The integral of a form, added to a tensor. Every element is a copy of the unit interval: the
 * integrals do not depend on the parameter. */
#define INTEGRATE(form, tensor, w, c) \
    form_surface_##form->form_integrals[0]->tabulate_tensor_float64( \
        tensor, w, c, unit_interval, NULL, NULL, NULL)

/* Gauss's rule for -1 ... 1: the points above zero, and their weights. */
enum { GAUSS = 16 };

/* Chords on a span of an edge: an arc of at most 11 degrees bulges over its chord by less than SAG
 * of it. */
enum { STEPS = 4 };
static const double SAG = 0.05;
/* A full turn, rad. */
#define TURN (2.0 * 3.141592653589793)

/* Place, and derivatives by t up to the third. */
typedef double derivatives[4][2];

static inline double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1];
}

static inline double cross(const double *a, const double *b)
{
    return a[0] * b[1] - a[1] * b[0];
}

static inline double parameter(const edge *e, double u)
{
    return e->first * (1.0 - u) + e->last * u;
}

static inline int nodes_of(int elements)
{
    return elements * (NODES - 1) + 1;
}

typedef double function(const void *of, double x);
double root(function *f, const void *of, double low, double high);

/* How samples lie on an edge: `spans` smooth ones of it between its ends, the first of which ends at
 * the curve's `first` end of a span. */
typedef struct {
    const edge *edge;
    int steps, first, spans, count;
    double low, high; /* the least and the largest parameter */
} sampler;

sampler sampled(const edge *e, int steps);
double sample(const sampler *s, int number, double *point, double *slope);

#endif
