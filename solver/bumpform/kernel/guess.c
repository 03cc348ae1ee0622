/* First guesses: circular arcs. */

#include "internal.h"

/* Half the angle at the rim below which a cap is given this much of a bulge. */
static const double FLAT_CAP = 5e-7;
/* Half angle below which an arc's segment is that of a parabola. */
static const double FLAT_ARC = 1e-3;
/* Half angles up to which arcs are tried, in PARTS: to nearly a full circle; and their tolerance. */
static const double WIDEST = 0.97 * 3.141592653589793, CLOSE = 1e-10;
/* Halvings of their range where many are looked for at once: to 1e-6 rad. */
enum { PARTS = 18, HALVINGS = 22 };

/* Spherical caps from contact lines to the axis, which hold volumes (over 2 pi) between them and the
 * heights of their lines: nodes equally spaced in angle, and pressures at z = 0. */
void caps(const double *xi, int elements, int copies, const double *points, const double *volumes,
          double bond, double *x, double *pressure)
{
    const int count = nodes_of(elements);
    for (int copy = 0; copy < copies; ++copy, points += 2, x += 2 * count) {
        const double a = points[0], z = points[1];
        /* a^2 H/4 + H^3/12 is the volume: one real root H for either sign */
        double half = atan(2.0 * sinh(asinh(6.0 * volumes[copy] / (a * a * a)) / 3.0));
        if (fabs(half) < FLAT_CAP)
            half = FLAT_CAP;
        const double sine = sin(2.0 * half), radius = a / sine;
        for (int k = 0; k < count; ++k) {
            const double t = 1.0 - xi[k];
            x[2 * k] = radius * sin(2.0 * half * t);
            x[2 * k + 1] = z + 2.0 * radius * sin(half * (1.0 + t)) * sin(half * xi[k]);
        }
        memcpy(x, points, 2 * sizeof(double));
        pressure[copy] = 2.0 * sine / a + bond * z;
    }
}

typedef struct {
    double middle, length, dr, dz, frustum; /* of the chord; the volume under it */
} chord;

/* Volume over 2 pi under the arc of this half angle h and radius R: the chord's frustum and, by
 * Pappus, the segment: area R^2 (h - sin h cos h), with the moment about the chord
 * R^3 (2/3 sin^3 h - cos h (h - sin h cos h)). */
static double under(const chord *c, double half)
{
    if (fabs(half) < FLAT_ARC)
        return c->frustum + c->length * c->length * half / 6.0 * c->middle;
    const double sine = sin(half), cosine = cos(half), radius = 0.5 * c->length / sine;
    const double segment = half - sine * cosine;
    const double moment = radius * radius * radius
                        * (2.0 / 3.0 * sine * sine * sine - cosine * segment);
    return c->frustum + radius * radius * segment * c->middle + c->dz / c->length * moment;
}

/* Smallest radius on the arc: at an end, or at its circle's innermost point. */
static double least(const chord *c, double half)
{
    const double innermost = half < 0.0 ? atan2(c->dr, c->dz) : atan2(-c->dr, -c->dz);
    if (fabs(innermost) >= fabs(half))
        return c->middle - 0.5 * fabs(c->dr);
    return c->middle - 0.5 * c->dz / tan(half) - fabs(0.5 * c->length / sin(half));
}

/* The half angle of the arc that holds a volume, from flat outwards, or inwards as long as the arc
 * stays clear of the axis; not a number where there is none. */
static double half_angle(const chord *c, double volume)
{
    const double side = under(c, 0.0) < volume ? 1.0 : -1.0;
    double near = 0.0;
    for (int part = 1; part <= PARTS; ++part) {
        double far = side * WIDEST * part / PARTS;
        if ((under(c, far) - volume) * side >= 0.0) {
            while (fabs(far - near) > CLOSE) {
                const double half = 0.5 * (near + far);
                if ((under(c, half) - volume) * side >= 0.0)
                    far = half;
                else
                    near = half;
            }
            return least(c, far) > 0.0 ? far : NAN;
        }
        if (least(c, far) <= 0.0)
            return NAN;
        near = far;
    }
    return NAN;
}

static chord between(const double *first, const double *last)
{
    const double r0 = first[0], r1 = last[0];
    chord c = {.middle = 0.5 * (r0 + r1), .dr = r1 - r0, .dz = last[1] - first[1]};
    c.length = hypot(c.dr, c.dz);
    c.frustum = c.dz * (r0 * r0 + r0 * r1 + r1 * r1) / 6.0;
    return c;
}

/* Nodes on an arc, equally spaced in angle. Returns its curvature. */
static double put_nodes(const double *xi, int elements, const chord *c, double half,
                        const double *first, const double *last, double *x)
{
    const int count = nodes_of(elements);
    const double sine = sin(half);
    for (int k = 1; k < count - 1; ++k) {
        const double angle = half * (2.0 * xi[k] - 1.0);
        /* along the chord from its middle, and out from it */
        const double s = 0.5 * sin(angle) / sine;
        const double n = sin(0.5 * (half + angle)) * sin(0.5 * (half - angle)) / sine;
        x[2 * k] = c->middle + c->dr * s + c->dz * n;
        x[2 * k + 1] = 0.5 * (first[1] + last[1]) + c->dz * s - c->dr * n;
    }
    memcpy(x, first, 2 * sizeof(double));
    memcpy(x + 2 * count - 2, last, 2 * sizeof(double));
    return 2.0 * sine / c->length;
}

/* Circular arc between two places (r0, z0, r1, z1) that holds a volume over 2 pi. Returns its
 * curvature, positive where it bulges from the liquid; not a number where no arc up to nearly a full
 * circle does. */
double arc(const double *xi, int elements, const double *ends, double volume, double *x)
{
    const chord c = between(ends, ends + 2);
    return put_nodes(xi, elements, &c, half_angle(&c, volume), ends, ends + 2, x);
}

/* Arcs between many pairs of places, found by halving all half angles; not numbers where none holds
 * its volume, or where it crosses the axis. */
void arcs(const double *xi, int elements, int copies, const double *first, const double *last,
          const double *volumes, double *x, double *curvature)
{
    const int count = nodes_of(elements);
    for (int copy = 0; copy < copies; ++copy, first += 2, last += 2, x += 2 * count) {
        const chord c = between(first, last);
        double low = -WIDEST, high = WIDEST, half;
        for (int k = 0; k < HALVINGS; ++k) {
            half = 0.5 * (low + high);
            if (under(&c, half) < volumes[copy])
                low = half;
            else
                high = half;
        }
        half = 0.5 * (low + high);
        if (fabs(half) > 0.99 * WIDEST)
            half = NAN;
        curvature[copy] = put_nodes(xi, elements, &c, half, first, last, x);
        int crosses = isnan(half);
        for (int k = 0; k < count; ++k)
            crosses |= x[2 * k] < 0.0;
        for (int k = 0; crosses && k < 2 * count; ++k)
            x[k] = NAN;
    }
}
