/* Where the chords of several plane edges cross each other. */

/* An angle's sine below this is that of parallel chords. */
static const double parallel = 1e-14;

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

/* Pairs of edges whose chords cross, nearly, and the fractions there.
 *
 * Edge i has the fractions u and the points (r, z) from starts[i] to starts[i + 1], rising; sags[i]
 * is the part of a chord that it may lie off. The first of a pair is one of the first `count`
 * edges, the second comes after it. Not those within two chords of a tip that both have: there they
 * only touch. A chord that lies off is crossed elsewhere, but not more than `beyond` chords away.
 * Of each pair found[] gets the two fractions, pairs[] the two edges, as far as there is room.
 * Gives the number of all, or -1 without memory. */
int crossing_chords(int edges, int count, const int *starts, const double *u, const double *points,
                    const double *sags, double slack, double beyond, int most, int *pairs,
                    double *found)
{
    const int chords = starts[edges] - edges;
    stretch *all = malloc((chords > 0 ? chords : 1) * sizeof *all);
    if (!all)
        return -1;
    int mine = 0, met = 0;
    for (int i = 0, k = 0; i < edges; ++i) {
        for (int n = starts[i]; n + 1 < starts[i + 1]; ++n, ++k) {
            stretch *c = all + k;
            c->owner = i;
            c->first = u[n];
            c->extent = u[n + 1] - u[n];
            for (int axis = 0; axis < 2; ++axis) {
                c->start[axis] = points[2 * n + axis];
                c->along[axis] = points[2 * n + 2 + axis] - points[2 * n + axis];
            }
            c->length = hypot(c->along[0], c->along[1]);
            c->room = slack + sags[i] * c->length;
            for (int axis = 0; axis < 2; ++axis) {
                const double end = c->start[axis] + c->along[axis];
                c->low[axis] = fmin(c->start[axis], end) - c->room;
                c->high[axis] = fmax(c->start[axis], end) + c->room;
            }
        }
        if (i + 1 == count)
            mine = k;
    }
    for (int k = 0; k < mine; ++k)
        for (int l = k + 1; l < chords; ++l) {
            const stretch *a = all + k, *b = all + l;
            if (b->owner == a->owner || a->low[0] > b->high[0] || b->low[0] > a->high[0] ||
                a->low[1] > b->high[1] || b->low[1] > a->high[1])
                continue;
            const double *d = a->along, *e = b->along;
            const double gap[2] = {b->start[0] - a->start[0], b->start[1] - a->start[1]};
            const double turn = d[0] * e[1] - d[1] * e[0];
            if (!(fabs(turn) > parallel * a->length * b->length))
                continue;
            const double x = (gap[0] * e[1] - gap[1] * e[0]) / turn;
            const double y = (gap[0] * d[1] - gap[1] * d[0]) / turn;
            /* the flatter they cross, the further away */
            const double room = (a->room + b->room) / fabs(turn);
            if (!(fabs(x - 0.5) < 0.5 + fmin(room * b->length, beyond) &&
                  fabs(y - 0.5) < 0.5 + fmin(room * a->length, beyond)))
                continue;
            const int i = a->owner, j = b->owner;
            const double at[2] = {clip(a->first + x * a->extent), clip(b->first + y * b->extent)};
            int touch = 0;
            for (int m = 0; j < count && m < 4; ++m) { /* tips: start or end of either */
                const int ends[2] = {m / 2, m % 2}, edge[2] = {i, j};
                int tip[2], near = 1;
                for (int side = 0; side < 2; ++side) {
                    const int low = starts[edge[side]], high = starts[edge[side] + 1] - 1;
                    tip[side] = ends[side] ? high : low;
                    near &= ends[side] ? at[side] >= u[high - 2 > low ? high - 2 : low]
                                       : at[side] <= u[low + 2 < high ? low + 2 : high];
                }
                touch |= near && apart(points + 2 * tip[0], points + 2 * tip[1]) <= slack;
            }
            if (touch)
                continue;
            if (met < most) {
                memcpy(pairs + 2 * met, (int[]){i, j}, 2 * sizeof(int));
                memcpy(found + 2 * met, at, sizeof at);
            }
            ++met;
        }
    free(all);
    return met;
}
