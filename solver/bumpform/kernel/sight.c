/* What is seen of edges: boxes round them, feet of a point on them, what stands between two points. */

#include "internal.h"

/* Boxes round edges, and their longest chords. */
void look(int count, const edge *const *edges, side *sides)
{
    for (int i = 0; i < count; ++i) {
        side *s = sides + i;
        double here[2], before[2] = {0.0, 0.0};
        const int straight = edges[i]->kind == LINE;
        const sampler marks = sampled(edges[i], STEPS);
        *s = (side){edges[i], {INFINITY, INFINITY}, {-INFINITY, -INFINITY}, 0.0};
        for (int k = 0; k < marks.count; ++k) {
            sample(&marks, k, here, NULL);
            if (k > 0)
                s->longest = fmax(s->longest, hypot(here[0] - before[0], here[1] - before[1]));
            for (int axis = 0; axis < 2; ++axis) {
                s->low[axis] = fmin(s->low[axis], here[axis]);
                s->high[axis] = fmax(s->high[axis], here[axis]);
                before[axis] = here[axis];
            }
        }
        for (int axis = 0; axis < 2 && !straight; ++axis) {
            s->low[axis] -= SAG * s->longest;
            s->high[axis] += SAG * s->longest;
        }
    }
}

static int meets(const side *s, const double *low, const double *high)
{
    return s->low[0] <= high[0] && s->low[1] <= high[1] && s->high[0] >= low[0]
        && s->high[1] >= low[1];
}

/* Numbers of the edges whose boxes meet a box. Gives how many. */
int within(int count, const side *sides, const double *low, const double *high, int *numbers)
{
    int found = 0;
    for (int i = 0; i < count; ++i)
        if (meets(sides + i, low, high))
            numbers[found++] = i;
    return found;
}

/* Distances below `reach` of a point from places inside an edge that are nearest about there, and
 * their fractions, as far as there is room; `known`: one that is left out, if it is a number. Gives
 * the number of all. */
int feet(const side *s, const double *point, double reach, double known, int most,
         double *distances, double *u)
{
    const edge *e = s->edge;
    double here[2], slope[2], gap[2], before = 0.0, rising = 0.0, far = 0.0;
    int found = 0;
    for (int axis = 0; axis < 2; ++axis)
        if (point[axis] < s->low[axis] - reach || point[axis] > s->high[axis] + reach)
            return 0;
    const sampler marks = sampled(e, STEPS);
    for (int i = 0; i < marks.count; ++i) {
        double to = sample(&marks, i, here, slope);
        gap[0] = here[0] - point[0];
        gap[1] = here[1] - point[1];
        const double now = to, along = dot(gap, slope), away = hypot(gap[0], gap[1]);
        const int inside = i > 0 && rising < 0.0 && along > 0.0;
        if (inside && (e->kind == LINE || far < reach + (1.0 + SAG) * s->longest)
            && !(before <= known && known <= now)) {
            if (e->kind == LINE)
                to = -rising / dot(slope, slope);
            else
                to = foot(e, point, before, now);
            place(e, 0, to, here);
            const double distance = hypot(here[0] - point[0], here[1] - point[1]);
            if (distance < reach) {
                if (found < most) {
                    distances[found] = distance;
                    u[found] = to;
                }
                ++found;
            }
        }
        before = now;
        rising = along;
        far = away;
    }
    return found;
}

/* Newton's step to the foot of a point on an edge, from a fraction; `distance`: from there. */
static double step_to_foot(const edge *e, const double *point, double u, double *distance)
{
    double numbers[6];
    jet(e, u, numbers);
    const double gap[2] = {numbers[0] - point[0], numbers[1] - point[1]};
    const double square = dot(numbers + 2, numbers + 2), bend = square + dot(gap, numbers + 4);
    *distance = hypot(gap[0], gap[1]);
    return -dot(gap, numbers + 2) / fmax(bend, 0.1 * square);
}

/* Distances of points from an edge, and the fractions of their feet: from the nearest sample, by two
 * of Newton's steps. Returns whether there was memory for it. */
int rough_feet(const edge *e, int count, const double *points, double *distances, double *u)
{
    const int all = samples(e, STEPS), steps = e->kind == LINE ? 1 : 2;
    double *there = malloc(5 * all * sizeof *there), *places = there + all;
    if (!there)
        return 0;
    spread(e, STEPS, there, places, places + 2 * all);
    for (int i = 0; i < count; ++i) {
        const double *point = points + 2 * i;
        double least = INFINITY;
        for (int k = 0; k < all; ++k) {
            const double gap[2] = {places[2 * k] - point[0], places[2 * k + 1] - point[1]};
            const double square = dot(gap, gap);
            if (square < least) {
                least = square;
                u[i] = there[k];
            }
        }
        for (int step = 0; step < steps; ++step)
            u[i] = fmin(fmax(u[i] + step_to_foot(e, point, u[i], distances + i), 0.0), 1.0);
        step_to_foot(e, point, u[i], distances + i);
    }
    free(there);
    return 1;
}

/* Newton's steps to a foot at most, and one that leaves it where it is. */
enum { FOOT_STEPS = 40 };
static const double AT_REST = 1e-15;

/* Distance of a point from a chain of edges, and its foot, from one nearby; it moves on to the next
 * edge where it leaves one. */
double chain_foot(int count, const edge *const *edges, const double *point, int *number, double *u)
{
    double distance;
    for (int k = 0; k < FOOT_STEPS; ++k) {
        const double step = step_to_foot(edges[*number], point, *u, &distance), before = *u;
        if (step > 0.0 && *u >= 1.0 && *number + 1 < count) {
            ++*number;
            *u = 0.0;
        } else if (step < 0.0 && *u <= 0.0 && *number > 0) {
            --*number;
            *u = 1.0;
        } else {
            *u = fmin(fmax(*u + step, 0.0), 1.0);
            if (fabs(*u - before) < AT_REST)
                break;
        }
    }
    step_to_foot(edges[*number], point, *u, &distance);
    return distance;
}

/* Whether a place may lie within a distance of an edge: not if it is a curve far off. */
int near_to(const side *s, const double *point, double distance)
{
    double here[2], before[2] = {0.0, 0.0}, least = INFINITY;
    const sampler marks = sampled(s->edge, STEPS);
    if (s->edge->kind == LINE)
        return 1;
    for (int i = 0; i < marks.count; ++i) {
        sample(&marks, i, here, NULL);
        if (i > 0) {
            const double chord[2] = {here[0] - before[0], here[1] - before[1]};
            const double gap[2] = {point[0] - before[0], point[1] - before[1]};
            const double along = fmin(fmax(dot(gap, chord) / dot(chord, chord), 0.0), 1.0);
            least = fmin(least, hypot(gap[0] - along * chord[0], gap[1] - along * chord[1]));
        }
        memcpy(before, here, sizeof before);
    }
    return least <= distance + SAG * s->longest;
}

/* A line of sight, and an edge that may cross it. */
typedef struct {
    const edge *edge;
    const double *start;
    double along[2], across[2], length;
} ray;

static double beside(const void *of, double u)
{
    const ray *r = of;
    double here[2];
    place(r->edge, 0, u, here);
    const double gap[2] = {here[0] - r->start[0], here[1] - r->start[1]};
    return dot(gap, r->across);
}

static double turning(const void *of, double u)
{
    const ray *r = of;
    double slope[2];
    place(r->edge, 1, u, slope);
    return dot(slope, r->across);
}

/* Whether an edge crosses the ray between two fractions, where it is on both sides of it. */
static int is_crossed(const ray *r, double low, double high, double slack)
{
    double here[2];
    if (!(beside(r, low) * beside(r, high) < 0.0))
        return 0;
    place(r->edge, 0, root(beside, r, low, high), here);
    const double gap[2] = {here[0] - r->start[0], here[1] - r->start[1]};
    const double far = dot(gap, r->along);
    return slack < far && far < r->length - slack;
}

static int blocks(const ray *r, const side *s, double known, double slack)
{
    const double room = (1.0 + SAG) * s->longest;
    const sampler marks = sampled(s->edge, STEPS);
    double here[2], slope[2], before = 0.0, off = 0.0, far = 0.0, turn = 0.0;
    for (int i = 0; i < marks.count; ++i) {
        const double u = sample(&marks, i, here, slope);
        const double gap[2] = {here[0] - r->start[0], here[1] - r->start[1]};
        const double off_now = dot(gap, r->across), far_now = dot(gap, r->along);
        const double turn_now = dot(slope, r->across);
        if (s->edge->kind == LINE) {
            if (i > 0 && fmin(fabs(off), fabs(off_now)) > slack && off * off_now <= 0.0) {
                const double crossed = far + (far_now - far) * off / (off - off_now);
                if (slack < crossed && crossed < r->length - slack)
                    return 1;
            }
        } else if (i > 0 && far > -room && far < r->length + room
                   && !(before <= known && known <= u)) {
            /* between two points on one side it may cross to the other side and back */
            if (off * off_now < 0.0) {
                if (is_crossed(r, before, u, slack))
                    return 1;
            } else if (off * off_now > 0.0 && off * turn < 0.0 && off_now * turn_now > 0.0) {
                const double middle = root(turning, r, before, u);
                if (is_crossed(r, before, middle, slack) || is_crossed(r, middle, u, slack))
                    return 1;
            }
        }
        before = u;
        off = off_now;
        far = far_now;
        turn = turn_now;
    }
    return 0;
}

/* Whether an edge stands between two points. Two of them (or none: -1) do not stand in the way;
 * where `known` is a number, the first does, but not at that fraction of it. */
int is_blocked(int count, const side *sides, const double *start, const double *end, int one,
               int other, double known, double slack)
{
    ray r = {.start = start};
    const double d[2] = {end[0] - start[0], end[1] - start[1]};
    double low[2], high[2];
    r.length = hypot(d[0], d[1]);
    if (r.length <= slack)
        return 0;
    for (int axis = 0; axis < 2; ++axis) {
        r.along[axis] = d[axis] / r.length;
        low[axis] = fmin(start[axis], end[axis]);
        high[axis] = fmax(start[axis], end[axis]);
    }
    r.across[0] = -r.along[1];
    r.across[1] = r.along[0];
    for (int i = 0; i < count; ++i) {
        const side *s = sides + i;
        const int ignored = i == one || i == other;
        if (!meets(s, low, high) || (ignored && (isnan(known) || s->edge->kind == LINE)))
            continue;
        r.edge = s->edge;
        if (blocks(&r, s, ignored ? known : NAN, slack))
            return 1;
    }
    return 0;
}
