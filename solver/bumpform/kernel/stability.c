/* The lowest eigenvalue of the second variation. */

#include "internal.h"

enum { BAND = NODES - 1, WIDTH = BAND + 1 };

/* Symmetric matrices whose entries lie within BAND of the diagonal: row i holds those from i - BAND
 * to i. On all w with c.w = 0, where there is a c. Before the first row, and the first entry of a
 * vector, there are BAND more: zeros, ones on the diagonal of the factor. */
typedef struct {
    int size;
    const double *a, *m, *c;   /* a w = lambda m w */
    double *factor;            /* of a - shift m: unit lower triangle, and its diagonal */
    double *across;            /* what a - shift m takes to c */
    double slope;              /* c.across */
} pencil;

static void solve_band(const pencil *p, double *x)
{
    for (int i = 0; i < p->size; ++i) {
        const double *row = p->factor + WIDTH * i;
        double here = x[i];
        for (int k = 0; k < BAND; ++k)
            here -= row[k] * x[i - BAND + k];
        x[i] = here;
    }
    for (int i = 0; i < p->size; ++i)
        x[i] /= p->factor[WIDTH * i + BAND];
    for (int i = p->size - 1; i >= 0; --i) {
        const double *row = p->factor + WIDTH * i, here = x[i];
        for (int k = 0; k < BAND; ++k)
            x[i - BAND + k] -= row[k] * here;
    }
}

static double dot_of(int size, const double *a, const double *b)
{
    double sum = 0.0;
    for (int i = 0; i < size; ++i)
        sum += a[i] * b[i];
    return sum;
}

static void times(int size, const double *band, const double *x, double *y)
{
    for (int i = 0; i < size; ++i) {
        const double *row = band + WIDTH * i, here = x[i];
        double sum = row[BAND] * here;
        for (int k = 0; k < BAND; ++k)
            sum += row[k] * x[i - BAND + k];
        for (int k = 0; k < BAND; ++k)
            y[i - BAND + k] += row[k] * here;
        y[i] = sum;
    }
}

/* Factorises a - shift m. Returns how many eigenvalues lie below the shift (Sylvester's law; with a
 * c by the sign of its Schur complement). */
static int below(pencil *p, double shift)
{
    int count = 0;
    for (int i = 0; i < p->size; ++i) {
        double *row = p->factor + WIDTH * i, scaled[BAND];
        double largest = 0.0;
        for (int k = 0; k < WIDTH; ++k) {
            row[k] = p->a[WIDTH * i + k] - shift * p->m[WIDTH * i + k];
            if (fabs(row[k]) > largest)
                largest = fabs(row[k]);
        }
        for (int k = 0; k < BAND; ++k) {
            const double *above = p->factor + WIDTH * (i - BAND + k);
            scaled[k] = row[k];
            for (int l = 0; l < k; ++l)
                scaled[k] -= scaled[l] * above[l - k + BAND];
            row[k] = scaled[k] / above[BAND];
            row[BAND] -= row[k] * scaled[k];
        }
        if (fabs(row[BAND]) <= 1e-16 * largest)
            row[BAND] = -1e-16 * largest;
        count += row[BAND] < 0.0;
    }
    if (p->c) {
        memcpy(p->across, p->c, sizeof(double) * p->size);
        solve_band(p, p->across);
        p->slope = dot_of(p->size, p->c, p->across);
        count += (p->slope > 0.0) - 1;
    }
    return count;
}

/* Share of the way from a bound to the quotient at which a nearer bound is tried; steps between
 * trials; relative nearness to which the lowest eigenvalue is bracketed; trials before giving up. */
static const double NEARER = 0.1, BRACKETED = 1e-11;
enum { BETWEEN = 3, TRIALS = 60 };

/* The lowest eigenvalue, by inverse iteration with a shift below it that rises towards it: Rayleigh's
 * quotient bounds it from above, the shifts from below. */
static double lowest_of(pencil *p, double *v, double *mv, double *av)
{
    double bound = -1.0, quotient = INFINITY, before;
    while (below(p, bound) > 0 && bound > -1e12)
        bound *= 4.0;
    for (int i = 0; i < p->size; ++i)
        v[i] = 1.0 + 0.5 * sin(1.0 + i);
    times(p->size, p->m, v, mv);
    for (int trial = 0; trial < TRIALS; ++trial) {
        for (int step = 0; step < BETWEEN; ++step) {
            memcpy(v, mv, sizeof(double) * p->size);
            solve_band(p, v);
            if (p->c) {
                const double part = dot_of(p->size, p->c, v) / p->slope;
                for (int i = 0; i < p->size; ++i)
                    v[i] -= part * p->across[i];
            }
            times(p->size, p->m, v, mv);
            const double size = sqrt(dot_of(p->size, v, mv));
            for (int i = 0; i < p->size; ++i) {
                v[i] /= size;
                mv[i] /= size;
            }
        }
        times(p->size, p->a, v, av);
        before = quotient;
        quotient = dot_of(p->size, v, av);
        const double near = BRACKETED * fmax(1.0, fabs(quotient));
        if (quotient - bound <= 2.0 * near)
            return quotient;
        if (fabs(before - quotient) <= near && below(p, quotient - near) == 0)
            return quotient; /* it stays, and nothing lies below it */
        const double nearer = fmin(quotient - near, quotient - NEARER * (quotient - bound));
        if (below(p, nearer) == 0)
            bound = nearer;
        else
            below(p, bound);
    }
    return quotient;
}

/* For Python: the lowest eigenvalue of stiffness + square inverse against the mass, of functions
 * that vanish outside nodes first ... last - 1; where asked for, of those that keep the volume. All
 * three are dense, as `second_variation` gives them. Not a number where the mass is none. */
int lowest(int count, int first, int last, const double *stiffness, const double *inverse,
           const double *mass, double square, int keeps_volume, double *value)
{
    const int size = last - first, rows = WIDTH * (BAND + size), row = BAND + size;
    double *room = calloc(3 * rows + 5 * row, sizeof(double));
    if (!room)
        return 0;
    double *a = room + WIDTH * BAND, *m = a + rows, *factor = m + rows;
    double *c = room + 3 * rows + BAND, *across = c + row, *v = across + row;
    pencil p = {size, a, m, NULL, factor, across, 0.0};
    for (int i = -BAND; i < 0; ++i)
        factor[WIDTH * i + BAND] = 1.0;
    for (int i = 0; i < size; ++i)
        for (int k = i < BAND ? BAND - i : 0; k < WIDTH; ++k) {
            const int from = (first + i) * count + first + i - BAND + k;
            a[WIDTH * i + k] = stiffness[from] + (square > 0.0 ? square * inverse[from] : 0.0);
            m[WIDTH * i + k] = mass[from];
        }
    for (int i = first; keeps_volume && i < last; ++i)
        for (int j = i < BAND ? 0 : i - BAND; j <= i + BAND && j < count; ++j)
            c[i - first] += mass[j * count + i];
    pencil weight = {size, m, a, NULL, factor, NULL, 0.0};
    if (below(&weight, 0.0) > 0) {
        *value = NAN;
    } else {
        p.c = keeps_volume ? c : NULL;
        *value = lowest_of(&p, v, v + row, v + 2 * row);
    }
    free(room);
    return 1;
}
