/* The force on a contact line that is held, at many places of the solid: see landscape.py. */

#include "internal.h"

/* A line this near to the axis has no force. */
static const double ON_AXIS = 1e-9;

/* Force per length of line towards the dry side, over the surface tension: contact.py's advance. */
static double advance(double angle, double young)
{
    const double inside = fmin(fmax(angle, 0.0), acos(-1.0));
    return cos(young) - cos(inside) + (angle - inside);
}

/* Outward forces on a cap's line at fractions of several parts of the solid, one after the other,
 * each with as many as `sizes` says.
 *
 * Of each part: its edge, the volume over 2 pi below its start, Young's angle, and its heading, in
 * whose turn its directions are counted. `neck` is the radius of a line on the axis, on which there
 * is no force; what `x` and `pressure` get is scaled, as the solved surfaces are. Not a number where
 * there is none. Returns whether there was memory for it. */
int line_forces(const double *slope, const double *xi, int elements, int parts,
                const edge *const *edges, const int *sizes, const double *below,
                const double *young, const double *headings, double scale, double neck,
                double volume, double bond, double tolerance, int most, const double *u, double *x,
                double *pressure, double *force, int *converged)
{
    int count = 0;
    for (int part = 0; part < parts; ++part)
        count += sizes[part];
    double *room = malloc((count > 0 ? count : 1) * 12 * sizeof *room);
    if (!room)
        return 0;
    double *points = room, *solid = room + 2 * count, *angles = solid + count;
    double *cosines = angles + count, *lift = cosines + count, *pulls = lift + count;
    double *rises = pulls + 4 * count;
    const double cube = scale * scale * scale;
    for (int part = 0, k = 0; part < parts; ++part) {
        volumes(edges[part], sizes[part], u + k, solid + k);
        for (int i = 0; i < sizes[part]; ++i, ++k) {
            double numbers[6];
            jet(edges[part], u[k], numbers);
            points[2 * k] = numbers[0] / scale;
            points[2 * k + 1] = numbers[1] / scale;
            solid[k] = volume - (below[part] + solid[k]) / cube;
            angles[k] = atan2(numbers[3], numbers[2]);
            angles[k] = headings[part] + remainder(angles[k] - headings[part], TURN);
            cosines[k] = young[part];
            force[k] = points[2 * k];
            if (points[2 * k] < ON_AXIS)
                points[2 * k] = neck;
        }
    }
    caps(xi, elements, count, points, solid, bond, x, pressure);
    const int enough = relax(slope, xi, elements, count, 1, bond, solid, NULL, tolerance, most, x,
                             pressure, lift, pulls, rises, converged);
    for (int k = 0; k < count; ++k) {
        const double r = force[k];
        /* level far from the axis: the far end of a long plane does not drown what is near */
        if (r < ON_AXIS)
            force[k] = 0.0;
        else
            force[k] = converged[k] ? r / (1.0 + r) * advance(rises[k] + angles[k], cosines[k]) : NAN;
    }
    free(room);
    return enough;
}

/* Whether values on a grid are all numbers, and the last two coefficients of their polynomial no more
 * than a share of the largest. */
int resolution(int count, const double *coefficients, double share, const double *f)
{
    double largest = 0.0, last = 0.0;
    for (int i = 0; i < count; ++i) {
        if (isnan(f[i]))
            return UNDEFINED;
        largest = fmax(largest, fabs(f[i]));
    }
    for (int row = count - 2; row < count; ++row) {
        double sum = 0.0;
        for (int i = 0; i < count; ++i)
            sum += coefficients[count * row + i] * f[i];
        last = fmax(last, fabs(sum));
    }
    return last <= share * largest ? RESOLVED : UNRESOLVED;
}

/* Fractions of a piece for places in -1 ... 1, closer towards its start where it is long; the last
 * one is 1. */
void spread_out(int count, const double *places, double low, double stretch, double *u)
{
    for (int i = 0; i < count; ++i) {
        double y = 0.5 * (1.0 + places[i]);
        if (stretch > 0.0)
            y = expm1(stretch * y) / expm1(stretch);
        u[i] = low > 0.0 ? low + (1.0 - low) * y : y;
    }
    u[count - 1] = 1.0;
}

/* Whether the polynomial through `count` forces on a piece tells its roots: they are real, and near
 * enough to the true ones. Its values are off by `tail` times its last coefficients; between any two
 * roots the forces are larger than that somewhere. `fine` are its values at the fractions u, `denser`
 * many, of the places. */
int tells(int count, int denser, const double *coefficients, const double *matrix,
          const double *places, double low, double stretch, double tail, double next_to,
          const double *f, double *u, double *fine)
{
    double error = 0.0, crest = 0.0, least = INFINITY;
    int good = 1;
    spread_out(denser, places, low, stretch, u);
    for (int i = 0; i < denser; ++i) {
        fine[i] = 0.0;
        for (int k = 0; k < count; ++k)
            fine[i] += matrix[i * count + k] * f[k];
    }
    for (int i = count - count / 4; i < count; ++i) {
        double coefficient = 0.0;
        for (int k = 0; k < count; ++k)
            coefficient += coefficients[i * count + k] * f[k];
        error += tail * fabs(coefficient);
    }
    for (int i = 0; i < denser; ++i) {
        crest = fmax(crest, fabs(fine[i]));
        if (i + 1 < denser && fine[i] * fine[i + 1] < 0.0) {
            good &= error <= next_to * fabs(fine[i + 1] - fine[i]) / (u[i + 1] - u[i]);
            least = fmin(least, crest);
            crest = 0.0;
        }
    }
    return good && error < fmin(least, crest);
}
