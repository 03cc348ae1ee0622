/* Edges: places, derivatives, integrals along them, samples. */

#include "internal.h"

/* Coefficients of the pieces through nodes, which neighbours share at their ends: `matrix` is that
 * from the nodes of a piece to the powers of x. */
void through(const double *matrix, int pieces, int powers, const double *points,
             double *coefficients)
{
    for (int e = 0; e < pieces; ++e)
        for (int k = 0; k < powers; ++k)
            for (int i = 0; i < 2; ++i) {
                double sum = 0.0;
                for (int j = 0; j < powers; ++j)
                    sum += matrix[k * powers + j] * points[2 * (e * (powers - 1) + j) + i];
                coefficients[2 * (e * powers + k) + i] = sum;
            }
}

/* Polynomials of x and their derivatives up to an order, by Horner's rule. */
static inline void horner(const double *c, int powers, double x, int highest, derivatives found)
{
    memset(found, 0, sizeof(derivatives));
    for (int k = powers - 1; k >= 0; --k) {
        double factor = 1.0; /* of x^k derived so many times */
        for (int order = 0; order <= highest; ++order)
            if (order <= k) {
                for (int i = 0; i < 2; ++i)
                    found[order][i] = found[order][i] * x + c[2 * k + i] * factor;
                factor *= 2.0 * (k - order);
            }
    }
}

/* Of polynomial pieces: derivatives up to an order. */
static void along_pieces(const edge *e, double t, int highest, derivatives found)
{
    const int piece = t >= e->spans ? e->spans - 1 : t > 0.0 ? (int)t : 0;
    const double x = 2.0 * (t - piece) - 1.0, *c = e->coefficients + 2 * piece * e->powers;
    switch (highest) { /* the compiler writes each out */
    case 0: horner(c, e->powers, x, 0, found); break;
    case 1: horner(c, e->powers, x, 1, found); break;
    case 2: horner(c, e->powers, x, 2, found); break;
    default: horner(c, e->powers, x, 3, found);
    }
}

/* Place, first and second derivative of the curve at a signed distance to the left. */
static void beside(derivatives found, double distance)
{
    const double *p = found[0], *a = found[1], *b = found[2], *c = found[3];
    const double square = dot(a, a), speed = sqrt(square), cube = speed * square;
    const double left[2] = {-a[1], a[0]};
    const double bend = cross(a, b) / cube;
    const double rate = cross(a, c) / cube - 3.0 * bend * dot(a, b) / square;
    double moved[3][2];
    for (int i = 0; i < 2; ++i) {
        moved[0][i] = p[i] + distance * left[i] / speed;
        moved[1][i] = a[i] * (1.0 - distance * bend);
        moved[2][i] = b[i] * (1.0 - distance * bend) - a[i] * (distance * rate);
    }
    memcpy(found, moved, sizeof moved);
}

/* Place and derivatives by t up to an order: the second at the most. */
static void at(const edge *e, double t, int highest, derivatives found)
{
    if (e->kind == LINE) {
        for (int i = 0; i < 2; ++i) {
            const double d = e->b[i] - e->a[i];
            /* at its ends exactly these, so that loops close; level where both are as high */
            found[0][i] = t < 0.5 ? e->a[i] + d * t : e->b[i] - d * (1.0 - t);
            found[1][i] = d;
            found[2][i] = 0.0;
        }
    } else if (e->kind == ARC) {
        const double way[2] = {e->b[0] * cos(t), e->b[0] * sin(t)};
        for (int i = 0; i < 2; ++i) {
            found[0][i] = e->a[i] + way[i];
            found[1][i] = i ? way[0] : -way[1];
            found[2][i] = -way[i];
        }
    } else {
        const int parallel = e->distance != 0.0; /* it takes one order more */
        along_pieces(e, t, highest + parallel, found);
        if (parallel)
            beside(found, e->distance);
    }
}

/* Place (order 0), first or second derivative by the fraction u of the edge. */
void place(const edge *e, int order, double u, double *values)
{
    const double rate = e->last - e->first;
    const double factor = order == 0 ? 1.0 : order == 1 ? rate : rate * rate;
    derivatives found;
    at(e, parameter(e, u), order, found);
    for (int i = 0; i < 2; ++i)
        values[i] = found[order][i] * factor;
}

/* The same at so many places. */
void places(const edge *e, int order, int count, const double *u, double *values)
{
    for (int i = 0; i < count; ++i)
        place(e, order, u[i], values + 2 * i);
}

/* All three at one place. */
void jet(const edge *e, double u, double *numbers)
{
    const double rate = e->last - e->first, factor[3] = {1.0, rate, rate * rate};
    derivatives found;
    at(e, parameter(e, u), 2, found);
    for (int order = 0; order < 3; ++order)
        for (int i = 0; i < 2; ++i)
            numbers[2 * order + i] = found[order][i] * factor[order];
}

/* Places of both ends. */
void tips(const edge *e, double *points)
{
    place(e, 0, 0.0, points);
    place(e, 0, 1.0, points + 2);
}

/* The k-th end of a smooth span of the curve. */
static double span_end(const edge *e, int k)
{
    return e->origin + k * e->span;
}

/* Numbers of the first and of the last end of a span between two parameters. The curve's own ends
 * are between none: what is added up to them may be off by round-off. */
static void ends_between(const edge *e, double low, double high, int *first, int *last)
{
    const double a = (low - e->origin) / e->span, b = (high - e->origin) / e->span;
    *first = a > 1.0 ? a < e->spans ? (int)a : e->spans : 1;
    *last = b < e->spans - 1 ? b > 0.0 ? (int)b + 1 : 0 : e->spans - 1;
    while (*first <= *last && span_end(e, *first) <= low)
        ++*first;
    while (*last >= *first && span_end(e, *last) >= high)
        --*last;
}

/* Samples of an edge, so many steps apart on each smooth span; of a line its ends. */
sampler sampled(const edge *e, int steps)
{
    sampler s = {e, steps, 1, 1, 2, fmin(e->first, e->last), fmax(e->first, e->last)};
    if (e->kind != LINE) {
        int last;
        ends_between(e, s.low, s.high, &s.first, &last);
        s.spans = last - s.first + 2;
        s.count = s.spans * steps + 1;
    }
    return s;
}

/* One of them, rising from u = 0 to 1: its u, the place and, where there is room for it, the first
 * derivative by u there. */
double sample(const sampler *s, int number, double *point, double *slope)
{
    const edge *e = s->edge;
    const double rate = e->last - e->first;
    derivatives found;
    double u = number;
    if (e->kind != LINE) {
        const int along = rate < 0.0 ? s->count - 1 - number : number;
        const int span = along / s->steps < s->spans ? along / s->steps : s->spans - 1;
        const double a = span == 0 ? s->low : span_end(e, s->first + span - 1);
        const double b = span == s->spans - 1 ? s->high : span_end(e, s->first + span);
        const double part = (double)(along - span * s->steps) / s->steps;
        u = ((part < 1.0 ? a + (b - a) * part : b) - e->first) / rate;
    }
    at(e, parameter(e, u), slope != NULL, found);
    memcpy(point, found[0], sizeof found[0]);
    for (int i = 0; slope && i < 2; ++i)
        slope[i] = found[1][i] * rate;
    return u;
}

/* For Python: how many there are. */
int samples(const edge *e, int steps)
{
    return sampled(e, steps).count;
}

/* All of them. Gives their number. */
int spread(const edge *e, int steps, double *u, double *points, double *slopes)
{
    const sampler s = sampled(e, steps);
    for (int i = 0; i < s.count; ++i)
        u[i] = sample(&s, i, points + 2 * i, slopes + 2 * i);
    return s.count;
}

static const double above_zero[GAUSS / 2] = {
    0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
    0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
};
static const double gauss_weight[GAUSS / 2] = {
    0.18945061045506864, 0.18260341504492364, 0.16915651939500265, 0.1495959888165767,
    0.12462897125553407, 0.0951585116824926, 0.062253523938647456, 0.027152459411754176,
};

/* Gauss's two points are exact on a line, where all is cubic: above zero, of weight 1. */
static const double above_zero_of_two = 0.5773502691896258;

/* Integrals of r^2/2 dz, r^2 z/2 dz, r ds and ds along an edge, from one fraction of it to another;
 * backwards all change their sign. */
void integrals(const edge *e, double from, double to, double *sums)
{
    const double t[2] = {parameter(e, from), parameter(e, to)};
    const double low = fmin(t[0], t[1]), high = fmax(t[0], t[1]);
    const int lines = e->kind == LINE, points = lines ? 2 : GAUSS;
    memset(sums, 0, 4 * sizeof *sums);
    for (int k = 0; k < (lines ? 1 : e->spans); ++k) {
        const double a = k == 0 ? low : fmax(low, span_end(e, k));
        const double b = lines || k == e->spans - 1 ? high : fmin(high, span_end(e, k + 1));
        const double half = 0.5 * (b - a);
        for (int q = 0; a < b && q < points; ++q) {
            const double away = lines ? above_zero_of_two : above_zero[q / 2];
            const double x = q % 2 ? away : -away, w = half * (lines ? 1.0 : gauss_weight[q / 2]);
            double density[3] = {0.0};
            derivatives found;
            at(e, 0.5 * (a + b) + half * x, 1, found);
            INTEGRATE(densities, density, found[0], NULL);
            for (int i = 0; i < 3; ++i)
                sums[2 - i] += w * density[i];
            sums[3] += w * sqrt(dot(found[1], found[1]));
        }
    }
    for (int i = 0; i < 4; ++i)
        if (i < 2 ? t[1] < t[0] : to < from)
            sums[i] = -sums[i];
}

/* Integrals of r^2/2 dz from the start of an edge to rising fractions. */
void volumes(const edge *e, int count, const double *u, double *sums)
{
    double before = 0.0, sum = 0.0, part[4];
    for (int i = 0; i < count; before = u[i++]) {
        integrals(e, before, u[i], part);
        sums[i] = sum += part[0];
    }
}

/* Steps of the search for a root: bisection alone needs 60 for every digit. */
enum { MOST_STEPS = 200 };

/* Root of a function between two places where samples changed sign: inverse quadratic interpolation
 * where it is safe, else bisection (Chandrupatla 1997). Samples and function may differ by round-off:
 * where they disagree, the root is an end. */
double root(function *f, const void *of, double low, double high)
{
    double a = high, b = low, c, at_a = f(of, a), at_b = f(of, b), at_c, t = 0.5, best = a;
    if (at_a * at_b >= 0.0)
        return fabs(at_b) <= fabs(at_a) ? low : high;
    for (int step = 0; step < MOST_STEPS; ++step) {
        const double x = a + t * (b - a), at_x = f(of, x);
        if ((at_x > 0.0) == (at_a > 0.0)) {
            c = a, at_c = at_a;
        } else {
            c = b, at_c = at_b;
            b = a, at_b = at_a;
        }
        a = x, at_a = at_x;
        best = fabs(at_a) < fabs(at_b) ? a : b;
        const double least = fmin(fabs(at_a), fabs(at_b)), width = fabs(b - a);
        const double near = 2.0 * 2.220446049250313e-16 * fabs(best);
        if (least == 0.0 || width <= 2.0 * near)
            break;
        const double ratio = (a - b) / (c - b), share = (at_a - at_b) / (at_c - at_b);
        t = 0.5;
        if (share * share < ratio && (1.0 - share) * (1.0 - share) < 1.0 - ratio)
            t = at_a / (at_b - at_a) * at_c / (at_b - at_c)
              + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b);
        t = fmin(1.0 - near / width, fmax(near / width, t));
    }
    return best;
}

/* An edge as seen from a point. */
typedef struct {
    const edge *edge;
    const double *point;
} view;

/* How far a place on an edge is along from the foot of a point, times the slope. */
static double past_foot(const void *of, double u)
{
    const view *v = of;
    double numbers[6];
    jet(v->edge, u, numbers);
    const double gap[2] = {numbers[0] - v->point[0], numbers[1] - v->point[1]};
    return dot(gap, numbers + 2);
}

/* Fraction between two where an edge is square to the way to a point. */
double foot(const edge *e, const double *point, double low, double high)
{
    const view v = {e, point};
    return root(past_foot, &v, low, high);
}

/* An edge, and one of the coordinates. */
typedef struct {
    const edge *edge;
    int axis;
} slope_of;

static double slope_along(const void *of, double u)
{
    const slope_of *s = of;
    double slope[2];
    place(s->edge, 1, u, slope);
    return slope[s->axis];
}

/* Smallest and largest r, and largest z on an edge. */
void reach(const edge *e, double *bounds)
{
    const sampler marks = sampled(e, STEPS);
    double here[2], slope[2], before = 0.0, rising[2] = {0.0, 0.0};
    bounds[0] = INFINITY;
    bounds[1] = bounds[2] = -INFINITY;
    for (int i = 0; i < marks.count; ++i) {
        const double u = sample(&marks, i, here, slope);
        bounds[0] = fmin(bounds[0], here[0]);
        for (int axis = 0; axis < 2; ++axis) {
            const slope_of s = {e, axis};
            double *most = bounds + 1 + axis, turn[2];
            *most = fmax(*most, here[axis]);
            if (i > 0 && rising[axis] * slope[axis] < 0.0) {
                place(e, 0, root(slope_along, &s, before, u), turn);
                *most = fmax(*most, turn[axis]);
                if (axis == 0)
                    bounds[0] = fmin(bounds[0], turn[0]);
            }
            rising[axis] = slope[axis];
        }
        before = u;
    }
}

/* Steps on a span between which an edge may be square to the way to a point. */
enum { FINE = 16 };
/* Nearer to an end than this, relative, the end is meant. */
static const double AT_END = 1e-12;

/* Fraction of the place of an edge that is nearest to a point. */
double nearest(const edge *e, const double *point)
{
    double here[2], slope[2], before = 0.0, rising = 0.0, best = 0.0, least = INFINITY;
    if (e->kind == LINE) {
        place(e, 0, 0.0, here);
        place(e, 1, 0.0, slope);
        const double gap[2] = {point[0] - here[0], point[1] - here[1]};
        const double u = dot(gap, slope) / dot(slope, slope);
        return u < AT_END ? 0.0 : u > 1.0 - AT_END ? 1.0 : u;
    }
    const sampler marks = sampled(e, FINE);
    for (int i = 0; i < marks.count; ++i) {
        const double u = sample(&marks, i, here, slope);
        const double gap[2] = {here[0] - point[0], here[1] - point[1]}, along = dot(gap, slope);
        const int ends = i == 0 || i == marks.count - 1;
        for (int inner = ends ? 0 : 1; inner < 2; ++inner) {
            if (inner && !(i > 0 && rising < 0.0 && along > 0.0))
                continue;
            const double to = inner ? foot(e, point, before, u) : i ? 1.0 : 0.0;
            double there[2];
            place(e, 0, to, there);
            const double distance = hypot(there[0] - point[0], there[1] - point[1]);
            if (distance < least) {
                least = distance;
                best = to;
            }
        }
        before = u;
        rising = along;
    }
    return best;
}

/* By how much, relative, an edge has to be nearer than another one that comes before it; and an
 * absolute gap that is none, m. */
static const double NEARER = 1e-6, NO_GAP = 1e-18;

/* Number of the edge of a chain that is nearest to a point, and the fraction there. */
int nearest_of(int count, const edge *const *edges, const double *point, double *u)
{
    double least = INFINITY, there[2];
    int best = 0;
    for (int i = 0; i < count; ++i) {
        const double to = nearest(edges[i], point);
        place(edges[i], 0, to, there);
        const double distance = hypot(there[0] - point[0], there[1] - point[1]);
        if (i == 0 || distance < least * (1.0 - NEARER) - NO_GAP) {
            least = distance;
            best = i;
            *u = to;
        }
    }
    return best;
}
