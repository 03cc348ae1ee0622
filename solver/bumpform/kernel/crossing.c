/* Where edges cross each other, and whether polylines may. */

#include "internal.h"

/* Steps of Newton's method for one crossing, and the last one's size. */
enum { MEETINGS = 20 };
static const double LAST = 1e-9;

/* Fractions of two edges where they cross, from a first guess. Returns whether they do; the
 * fractions may lie outside 0 ... 1. */
int meet(const edge *one, const edge *other, double slack, double *u, double *w)
{
    double a[6], b[6];
    for (int step = 0; step < MEETINGS; ++step) {
        jet(one, *u, a);
        jet(other, *w, b);
        const double gap[2] = {b[0] - a[0], b[1] - a[1]}, turn = cross(a + 2, b + 2);
        if (turn == 0.0)
            return 0;
        const double du = cross(gap, b + 2) / turn, dw = cross(gap, a + 2) / turn;
        *u += du;
        *w += dw;
        if (!(-0.5 < *u && *u < 1.5 && -0.5 < *w && *w < 1.5))
            return 0;
        if (fmax(fabs(du), fabs(dw)) < LAST) /* the next step would be round-off */
            break;
    }
    jet(one, *u, a);
    jet(other, *w, b);
    return fmax(fabs(b[0] - a[0]), fabs(b[1] - a[1])) <= slack;
}

/* An angle's sine below this is that of parallel chords; chords are crossed at most this many chords
 * past their ends. */
static const double PARALLEL = 1e-14, BEYOND = 1.0;

/* What is known of one chord. */
typedef struct {
    int owner;
    double first, extent, start[2], along[2], length, room, low[2], high[2];
} stretch;

static double clip(double x)
{
    return fmin(fmax(x, 0.0), 1.0);
}

static double apart(const double *a, const double *b)
{
    return fmax(fabs(a[0] - b[0]), fabs(a[1] - b[1]));
}

/* The chords of an edge. Gives their number. */
static int chords(const edge *e, int owner, double slack, stretch *found)
{
    const sampler marks = sampled(e, STEPS);
    double u = 0.0, here[2] = {0.0, 0.0};
    for (int i = 0; i < marks.count; ++i) {
        const double before[2] = {here[0], here[1]}, first = u;
        u = sample(&marks, i, here, NULL);
        if (i == 0)
            continue;
        stretch *c = found + i - 1;
        c->owner = owner;
        c->first = first;
        c->extent = u - first;
        for (int axis = 0; axis < 2; ++axis) {
            c->start[axis] = before[axis];
            c->along[axis] = here[axis] - before[axis];
        }
        c->length = hypot(c->along[0], c->along[1]);
        c->room = slack + (e->kind == LINE ? 0.0 : SAG) * c->length;
        for (int axis = 0; axis < 2; ++axis) {
            c->low[axis] = fmin(before[axis], here[axis]) - c->room;
            c->high[axis] = fmax(before[axis], here[axis]) + c->room;
        }
    }
    return marks.count - 1;
}

/* Whether two chords cross, nearly: `at` are the fractions of their edges there. A chord that lies
 * off its edge is crossed elsewhere, the further away, the flatter they cross. */
static int chords_cross(const stretch *a, const stretch *b, double *at)
{
    const double gap[2] = {b->start[0] - a->start[0], b->start[1] - a->start[1]};
    const double turn = cross(a->along, b->along), room = (a->room + b->room) / fabs(turn);
    if (!(fabs(turn) > PARALLEL * a->length * b->length))
        return 0;
    const double x = cross(gap, b->along) / turn, y = cross(gap, a->along) / turn;
    at[0] = clip(a->first + x * a->extent);
    at[1] = clip(b->first + y * b->extent);
    return fabs(x - 0.5) < 0.5 + fmin(room * b->length, BEYOND)
        && fabs(y - 0.5) < 0.5 + fmin(room * a->length, BEYOND);
}

/* Whether two edges only touch there: within two chords of a tip that both have. The chords of each
 * lie between two numbers. */
static int tips_touch(const stretch *all, const int (*range)[2], const double *at, double slack)
{
    for (int m = 0; m < 4; ++m) { /* start or end of either */
        const int ends[2] = {m / 2, m % 2};
        double tip[2][2];
        int near = 1;
        for (int i = 0; i < 2; ++i) {
            const int low = range[i][0], high = range[i][1], count = high - low;
            const stretch *last = all + high - 1, *second = all + low + (count > 2 ? 2 : count - 1);
            const stretch *before = all + (count > 2 ? high - 2 : low);
            for (int axis = 0; axis < 2; ++axis)
                tip[i][axis] = ends[i] ? last->start[axis] + last->along[axis]
                                       : all[low].start[axis];
            near &= ends[i] ? at[i] >= before->first
                            : at[i] <= (count > 2 ? second->first : 1.0);
        }
        if (near && apart(tip[0], tip[1]) <= slack)
            return 1;
    }
    return 0;
}

/* Whether a fraction is one of the edge, or off its end by less than the slack. */
static int is_on(const edge *e, double u, double guess, double slack)
{
    double numbers[6];
    if (0.0 <= u && u <= 1.0)
        return 1;
    jet(e, guess, numbers);
    return fmax(-u, u - 1.0) * hypot(numbers[2], numbers[3]) <= slack;
}

/* Where two edges meet next to where their chords do. */
static int edges_cross(const edge *one, const edge *other, double *at, double slack)
{
    const double guess[2] = {at[0], at[1]};
    /* a chord starts and ends on the curve itself */
    const int straight = other->kind == LINE && (one->kind == LINE || at[0] == 0.0 || at[0] == 1.0);
    if (!straight && !meet(one, other, slack, at, at + 1))
        return 0;
    if (!is_on(one, at[0], guess[0], slack) || !is_on(other, at[1], guess[1], slack))
        return 0;
    at[0] = clip(at[0]);
    at[1] = clip(at[1]);
    return 1;
}

/* Pairs of edges that cross, and the fractions there.
 *
 * The first of a pair is one of the first edges, `ours`, the second comes after it. Those that only
 * touch at their tips do not cross. Of each pair found[] gets the two fractions, pairs[] the two
 * edges, as far as there is room. Gives the number of all, or -1 without memory. */
int crossings(int count, int ours, const edge *const *edges, double slack, int most, int *pairs,
              double *found)
{
    int total = 0, met = 0;
    for (int i = 0; i < count; ++i)
        total += samples(edges[i], STEPS) - 1;
    stretch *all = malloc((total > 0 ? total : 1) * sizeof *all);
    int *starts = malloc((count + 1) * sizeof *starts);
    for (int i = 0; all && starts && i <= count; ++i)
        starts[i] = i == 0 ? 0 : starts[i - 1] + chords(edges[i - 1], i - 1, slack, all + starts[i - 1]);
    for (int k = 0; all && starts && k < starts[ours]; ++k)
        for (int l = k + 1; l < total; ++l) {
            const stretch *a = all + k, *b = all + l;
            const int i = a->owner, j = b->owner;
            double at[2];
            if (i == j || a->low[0] > b->high[0] || b->low[0] > a->high[0]
                || a->low[1] > b->high[1] || b->low[1] > a->high[1] || !chords_cross(a, b, at))
                continue;
            const int range[2][2] = {{starts[i], starts[i + 1]}, {starts[j], starts[j + 1]}};
            if ((j < ours && tips_touch(all, range, at, slack))
                || !edges_cross(edges[i], edges[j], at, slack))
                continue;
            if (met < most) {
                memcpy(pairs + 2 * met, (int[]){i, j}, 2 * sizeof(int));
                memcpy(found + 2 * met, at, sizeof at);
            }
            ++met;
        }
    const int enough = all && starts;
    free(all);
    free(starts);
    return enough ? met : -1;
}

/* Whether a chord may meet another one: not where all of one is beside the other, by the slack. */
static int may_touch(const double *a, const double *b, double slack)
{
    const double *pair[2] = {a, b};
    for (int axis = 0; axis < 2; ++axis)
        if (fmin(a[axis], a[2 + axis]) > fmax(b[axis], b[2 + axis]) + slack
            || fmin(b[axis], b[2 + axis]) > fmax(a[axis], a[2 + axis]) + slack)
            return 0;
    for (int i = 0; i < 2; ++i) {
        const double *one = pair[i], *other = pair[1 - i];
        const double d[2] = {one[2] - one[0], one[3] - one[1]}, room = slack * hypot(d[0], d[1]);
        const double p[2] = {other[0] - one[0], other[1] - one[1]};
        const double q[2] = {other[2] - one[0], other[3] - one[1]};
        const double before = cross(d, p), after = cross(d, q);
        if ((before > room && after > room) || (before < -room && after < -room))
            return 0;
    }
    return 1;
}

/* Chords on a span of a curve that are looked at; how near to each other, relative, they may touch. */
enum { LOOKED_AT = 8 };
static const double NO_GAP = 1e-9;

/* Whether a polyline crosses neither the axis nor, for all that its chords tell, itself. */
static int is_simple(int count, const double *points, double slack)
{
    double widest = -INFINITY, least = INFINITY;
    int up = 1, down = 1;
    for (int k = 0; k < count; ++k) {
        widest = fmax(widest, points[2 * k]);
        least = fmin(least, points[2 * k]);
        up &= k == 0 || points[2 * k + 1] > points[2 * k - 1];
        down &= k == 0 || points[2 * k + 1] < points[2 * k - 1];
    }
    if (!(least >= -NO_GAP * widest))
        return 0;
    for (int k = 0; !up && !down && k + 1 < count; ++k)
        for (int l = k + 2; l + 1 < count; ++l) /* those that follow each other only touch */
            if (may_touch(points + 2 * k, points + 2 * l, slack))
                return 0;
    return 1;
}

/* A box round some points. */
typedef struct {
    double low[2], high[2];
} box;

static box box_of(int count, const double *points)
{
    box b = {{points[0], points[1]}, {points[0], points[1]}};
    for (int k = 2; k < 2 * count; ++k) {
        b.low[k % 2] = fmin(b.low[k % 2], points[k]);
        b.high[k % 2] = fmax(b.high[k % 2], points[k]);
    }
    return b;
}

/* Chords of a polyline that share a box. */
enum { TOGETHER = 8 };

static int beside(const box *b, const double *low, const double *high, double slack)
{
    return b->low[0] > high[0] + slack || low[0] > b->high[0] + slack || b->low[1] > high[1] + slack
        || low[1] > b->high[1] + slack;
}

/* Whether a polyline is apart from edges of solid, for all that their chords tell. */
static int chords_apart(int count, const double *points, int edges, const side *solid, double slack)
{
    const box whole = box_of(count, points);
    box boxes[count / TOGETHER + 1];
    for (int k = 0; k + 1 < count; k += TOGETHER)
        boxes[k / TOGETHER] = box_of((count - k <= TOGETHER ? count - k : TOGETHER + 1), points + 2 * k);
    for (int i = 0; i < edges; ++i) {
        if (beside(&whole, solid[i].low, solid[i].high, slack))
            continue;
        const sampler marks = sampled(solid[i].edge, LOOKED_AT);
        double chord[4];
        sample(&marks, 0, chord + 2, NULL);
        for (int l = 1; l < marks.count; ++l) {
            memcpy(chord, chord + 2, 2 * sizeof *chord);
            sample(&marks, l, chord + 2, NULL);
            const box c = box_of(2, chord);
            if (beside(&whole, c.low, c.high, slack))
                continue;
            for (int k = 0; k + 1 < count; ++k) {
                const box *b = boxes + k / TOGETHER;
                if (k % TOGETHER == 0 && beside(b, c.low, c.high, slack))
                    k += TOGETHER - 1;
                else if (may_touch(points + 2 * k, chord, slack))
                    return 0;
            }
        }
    }
    return 1;
}

int is_apart(int count, const double *points, int edges, const side *solid)
{
    double size = 0.0;
    for (int k = 0; k < 2 * count; ++k)
        size = fmax(size, fabs(points[k]));
    return chords_apart(count, points, edges, solid, NO_GAP * size);
}

/* Whether a free surface, all of its curve, is clear of the axis, of itself and of solid, for all
 * that chords tell. The chords at its contact lines start on the solid, so they are left out: that at
 * its end, too, where it runs between two. 0, too, without memory. */
int is_clear(const edge *surface, int between, int count, const side *solid)
{
    edge whole = *surface;
    whole.first = 0.0;
    whole.last = surface->spans;
    const sampler marks = sampled(&whole, LOOKED_AT);
    const int points = marks.count, last = points - (between ? 2 : 1);
    double *x = malloc(points * 2 * sizeof *x), size = 0.0;
    if (!x)
        return 0;
    for (int k = 0; k < points; ++k) {
        sample(&marks, k, x + 2 * k, NULL);
        size = fmax(size, fmax(fabs(x[2 * k]), fabs(x[2 * k + 1])));
    }
    const double slack = NO_GAP * size;
    int clear = is_simple(points, x, slack);
    if (clear)
        clear = chords_apart(last, x + 2, count, solid, slack);
    free(x);
    return clear;
}

/* The same, and of places next to its line, and next to the other one where it runs between two:
 * `close` of them, by their distance along its first and its last element. */
int is_free(const edge *surface, int between, int close, const double *closer, int count,
            const side *solid)
{
    double points[2 * close];
    for (int end = 0; end < (between ? 2 : 1); ++end) {
        for (int k = 0; k < close; ++k)
            place(surface, 0, end ? surface->spans - closer[k] : closer[k], points + 2 * k);
        if (!is_apart(close, points, count, solid))
            return 0;
    }
    return is_clear(surface, between, count, solid);
}
