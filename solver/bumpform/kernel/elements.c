/* Free surfaces element by element: gradients, energies, and what is read off a meridian.
 *
 * What is integrated on an element is FFCx's code of weak_forms.py. Here nodes are numbered along a
 * meridian, and (r, z) alternate. Several meridians lie one after the other. */

#include "internal.h"

static void pack(const double *x, double pressure, double *w)
{
    for (int i = 0; i < NODES; ++i)
        memcpy(w + 2 * i, x + 2 * along[i], 2 * sizeof(double));
    w[2 * NODES] = pressure;
}

/* Gradients of the Lagrangian and of the volume by the nodes. */
void gradients(int elements, const double *x, double bond, double pressure, double *gradient,
               double *volume)
{
    const int count = elements * (NODES - 1) + 1;
    memset(gradient, 0, 2 * sizeof(double) * count);
    memset(volume, 0, 2 * sizeof(double) * count);
    for (int e = 0; e < elements; ++e) {
        const int start = 2 * e * (NODES - 1);
        double w[2 * NODES + 1], both[4 * NODES] = {0.0};
        pack(x + start, pressure, w);
        INTEGRATE(gradients, both, w, &bond);
        for (int i = 0; i < NODES; ++i)
            for (int k = 0; k < 2; ++k) {
                gradient[start + 2 * along[i] + k] += both[4 * i + k];
                volume[start + 2 * along[i] + k] += both[4 * i + 2 + k];
            }
    }
}

/* A and W of every meridian. */
void energies(int elements, int copies, const double *x, double *sums)
{
    const int count = elements * (NODES - 1) + 1;
    memset(sums, 0, 2 * sizeof(double) * copies);
    for (int copy = 0; copy < copies; ++copy)
        for (int e = 0; e < elements; ++e) {
            double w[2 * NODES + 1];
            pack(x + 2 * (copy * count + e * (NODES - 1)), 0.0, w);
            INTEGRATE(energies, sums + 2 * copy, w, NULL);
        }
}

/* Value and slope of a polynomial of x = -1 ... 1. */
static double horner(const double *coefficients, double x, double *slope)
{
    double value = 0.0;
    *slope = 0.0;
    for (int i = NODES - 1; i >= 0; --i) {
        *slope = *slope * x + value;
        value = value * x + coefficients[i];
    }
    return value;
}

/* Where in -1 ... 1 a polynomial falls through zero, by Newton's method between bounds. */
static double falls_through_zero(const double *coefficients)
{
    double low = -1.0, high = 1.0, x = 0.0;
    for (int step = 0; step < 60; ++step) {
        double slope, value = horner(coefficients, x, &slope), next;
        if (value > 0.0)
            low = x;
        else
            high = x;
        next = slope < 0.0 ? x - value / slope : low;
        if (!(low < next && next < high))
            next = 0.5 * (low + high);
        if (fabs(next - x) < 1e-15)
            break;
        x = next;
    }
    return x;
}

/* Nodes as high as each other to this, relative, are level. */
static const double LEVEL = 1e-13;
/* By this, relative, a value may be off: the top beside a node, and that, can be the same. */
static const double ROUND_OFF = 1e-14;

/* The point of a meridian whose coordinate k (0: r, 1: z) is largest: at a node, or on an element
 * beside one that no neighbour exceeds. `monomials` takes values at an element's nodes to
 * coefficients in x = -1 ... 1. Nodes that are level to round-off count as one, the first. */
static void highest(const double *monomials, int elements, const double *x, int k, double *point)
{
    const int count = elements * (NODES - 1) + 1;
    double top = x[k];
    int first = 0;
    for (int i = 1; i < count; ++i)
        if (x[2 * i + k] > top)
            top = x[2 * i + k];
    while (!(x[2 * first + k] >= top - LEVEL * fabs(top)) && first < count - 1)
        ++first;
    memcpy(point, x + 2 * first, 2 * sizeof(double));
    for (int node = 0; node < count; ++node) {
        const int peak = 0 < node && node < count - 1 && x[2 * node + k] > x[2 * node - 2 + k]
                      && !(x[2 * node + 2 + k] > x[2 * node + k]);
        if (!peak && node != first)
            continue;
        for (int side = node % (NODES - 1) ? 1 : 0; side < 2; ++side) {
            const int e = node / (NODES - 1) - 1 + side;
            double c[2][NODES] = {{0.0}}, rise[NODES] = {0.0}, unused;
            if (e < 0 || e >= elements)
                continue;
            for (int i = 0; i < NODES; ++i)
                for (int j = 0; j < NODES; ++j)
                    for (int a = 0; a < 2; ++a)
                        c[a][i] += monomials[NODES * i + j] * x[2 * (e * (NODES - 1) + j) + a];
            for (int i = 1; i < NODES; ++i)
                rise[i - 1] = i * c[k][i];
            const double up = horner(rise, -1.0, &unused), down = horner(rise, 1.0, &unused);
            if (up > 0.0 && down < 0.0 && up - down > LEVEL * fabs(top)) {
                const double at = falls_through_zero(rise);
                if (horner(c[k], at, &unused) > point[k] - ROUND_OFF * fabs(top))
                    for (int a = 0; a < 2; ++a)
                        point[a] = horner(c[a], at, &unused);
            }
        }
    }
}

/* Vectors along the surface, away from its first and from its last end, from the ends' reactions: the
 * variation of the Lagrangian by moving an end along e with a smooth field is
 * -r t.e -+ r^2/2 (Bo z - p) e_z. That is more accurate than the curve's tangent; its length differs
 * from 1 by the discretisation error only. Returns the force on the last end, upwards. */
static double reactions(const double *xi, int elements, const double *x, double bond,
                        double pressure, const double *gradient, double pull[2][2])
{
    const int count = elements * (NODES - 1) + 1;
    double force[2][2] = {{0.0}};
    for (int k = 0; k < count; ++k)
        for (int c = 0; c < 2; ++c) {
            force[0][c] -= (1.0 - xi[k]) * gradient[2 * k + c];
            force[1][c] -= xi[k] * gradient[2 * k + c];
        }
    for (int last = 0; last < 2; ++last) {
        const double *end = x + (last ? 2 * count - 2 : 0), r = end[0];
        const double head = 0.5 * r * r * (bond * end[1] - pressure);
        pull[last][0] = force[last][0] / r;
        pull[last][1] = (force[last][1] + (last ? head : -head)) / r;
    }
    return force[1][1];
}

/* Rise of a cap's surface from its line towards the axis, as the first pull has it, counted on from
 * the axis, where it is level, in as many turns as the meridian makes: a drop that sags far over a
 * narrow foot leaves it at more than 270 degrees, a bubble under its line at less than -90. */
static double rise_at_line(int elements, const double *x, const double *pull)
{
    const int count = elements * (NODES - 1) + 1;
    double before = 0.0, counted = 0.0;
    for (int k = count - 2; k >= 0; --k) {
        const double dr = x[2 * k + 2] - x[2 * k], dz = x[2 * k + 3] - x[2 * k + 1];
        const double here = atan2(dz, -dr);
        counted += remainder(here - before, TURN);
        before = here;
    }
    return counted + remainder(atan2(pull[1], -pull[0]) - counted, TURN);
}

void react(const double *xi, int elements, const double *x, double bond, double pressure,
           const double *gradient, reaction *found)
{
    found->lift = reactions(xi, elements, x, bond, pressure, gradient, found->pull);
    found->rise = rise_at_line(elements, x, found->pull[0]);
}

/* Stretches a meridian to other ends: its nodes follow them smoothly. */
void follow(const double *xi, int elements, const double *first, const double *last, double *x)
{
    const int count = nodes_of(elements);
    double shift[2][2];
    for (int c = 0; c < 2; ++c) {
        shift[0][c] = first[c] - x[c];
        shift[1][c] = last[c] - x[2 * count - 2 + c];
    }
    for (int k = 0; k < count; ++k)
        for (int c = 0; c < 2; ++c)
            x[2 * k + c] = x[2 * k + c] + (1.0 - xi[k]) * shift[0][c] + xi[k] * shift[1][c];
}

void read_off(const double *monomials, const double *slope, int elements, const double *x,
              survey *s)
{
    const int count = elements * (NODES - 1) + 1;
    double sums[2];
    highest(monomials, elements, x, 0, s->widest);
    highest(monomials, elements, x, 1, s->top);
    energies(elements, 1, x, sums);
    s->area = sums[0];
    s->weight = sums[1];
    s->length = 0.0;
    for (int k = 0; k < count - 1; ++k) {
        const double chord[2] = {x[2 * k + 2] - x[2 * k], x[2 * k + 3] - x[2 * k + 1]};
        s->length += sqrt(dot(chord, chord));
    }
    s->slowest = INFINITY;
    s->fastest = s->mean = 0.0;
    for (int e = 0; e < elements; ++e)
        for (int i = 0; i < NODES; ++i) {
            double tangent[2] = {0.0, 0.0};
            for (int j = 0; j < NODES; ++j)
                for (int c = 0; c < 2; ++c)
                    tangent[c] += slope[NODES * i + j] * x[2 * (e * (NODES - 1) + j) + c];
            const double speed = sqrt(dot(tangent, tangent));
            s->slowest = fmin(s->slowest, speed);
            s->fastest = fmax(s->fastest, speed);
            s->mean += speed / (elements * NODES);
        }
}

/* Dense matrices of the second variation, of functions with one value a node. */
void second_variation(int elements, const double *x, double bond, double pressure,
                      double *stiffness, double *inverse, double *mass)
{
    const int count = elements * (NODES - 1) + 1;
    double *const matrix[3] = {stiffness, inverse, mass};
    for (int k = 0; k < 3; ++k)
        memset(matrix[k], 0, sizeof(double) * count * count);
    for (int e = 0; e < elements; ++e) {
        const int start = e * (NODES - 1);
        double w[2 * NODES + 1], local[3][NODES * NODES] = {{0.0}};
        pack(x + 2 * start, pressure, w);
        INTEGRATE(stiffness, local[0], w, &bond);
        INTEGRATE(inverse, local[1], w, NULL);
        INTEGRATE(mass, local[2], w, NULL);
        for (int k = 0; k < 3; ++k)
            for (int i = 0; i < NODES; ++i)
                for (int j = 0; j < NODES; ++j)
                    matrix[k][(start + along[i]) * count + start + along[j]]
                        += local[k][NODES * i + j];
    }
}
