/* Newton's method for a free surface between two ends. */

#include "newton.h"

/* The matrix is kept for another step after one below KEPT, over the guess's length, as long as
 * steps with it fall below FALLS times the one before. */
static const double KEPT = 1e-3, FALLS = 0.03, LARGEST = 0.2;
/* What may be left to move after the last step with a matrix that was kept; and what is round-off:
 * such a step is not made. */
static const double LEFT = 1e-15, STILL = 1e-14;
/* Length of a pull, 1 but for the discretisation error, from which on it tells nothing. */
static const double TOLD = 2.0;

/* Puts a line where its place on the edge says. The solid side's volume goes on from where it was
 * known. */
static void put(contact_line *l)
{
    const double cube = l->scale * l->scale * l->scale;
    double numbers[6], sums[4];
    jet(l->edge, l->u, numbers);
    integrals(l->edge, l->known, l->u, sums);
    for (int c = 0; c < 2; ++c) {
        l->place[c] = numbers[c] / l->scale;
        l->d1[c] = numbers[2 + c] / l->scale;
        l->d2[c] = numbers[4 + c] / l->scale;
    }
    l->place[1] += l->lift;
    l->volume += l->side * sums[0] / cube;
    l->known = l->u;
}

/* By how much the solid side's volume grows with the line's place. */
static double growth(const contact_line *l)
{
    const double at[4] = {l->place[0], l->place[1], l->d1[0], l->d1[1]};
    double densities[3] = {0.0};
    INTEGRATE(densities, densities, at, NULL);
    return l->side * densities[2];
}

/* The unknown of a line that slides. */
static end_unknown sliding(const contact_line *l, double last, double bond, double pressure)
{
    const double *a = l->d1, *b = l->d2, factors[4] = {bond, l->tension, l->side};
    const double w[9] = {l->place[0], l->place[1], a[0], a[1], a[0], a[1], b[0], b[1], pressure};
    double derivatives[2] = {0.0};
    INTEGRATE(sliding, derivatives, w, factors);
    return (end_unknown){
        last, {a[0], a[1]}, {b[0], b[1]}, derivatives[0], derivatives[1], growth(l)};
}

/* The ends' unknowns, in this order: the lines that slide, the height of a loaded body. Returns how
 * many. `coupling` is the energy's mixed second derivative by the last two, `excess` the solid side's
 * volume less the volume asked for. */
static int unknowns(const problem *p, end_unknown *end, double *coupling, double *excess)
{
    const contact_line *top = p->line + 1;
    int count = 0;
    *coupling = 0.0;
    *excess = p->line[0].volume + top->volume - p->volume;
    for (int i = 0; i < 2; ++i)
        if (p->line[i].free)
            end[count++] = sliding(p->line + i, i, p->bond, p->pressure);
    if (p->loaded) {
        if (top->free) /* raising the body raises the weight on its wetted side */
            *coupling = p->bond * growth(top);
        end[count++] = (end_unknown){
            1.0, {0.0, 1.0}, {0.0, 0.0}, p->bond * top->volume + p->load, 0.0, 0.0};
    }
    return count;
}

static void put_ends(problem *p)
{
    for (int i = 0; i < 2; ++i) {
        contact_line *l = p->line + i;
        if (!l->edge)
            continue;
        l->known = 0.0;
        l->volume = l->side * l->before / (l->scale * l->scale * l->scale);
        put(l);
    }
}

/* Moves everything by a part of a step. */
static void move(const double *xi, int elements, const double *normal, const double *change, double part,
          problem *p, double *x)
{
    const int count = nodes_of(elements);
    for (int k = 0; k < count; ++k, ++change)
        for (int c = 0; c < 2; ++c)
            x[2 * k + c] += part * *change * normal[2 * k + c];
    for (int i = 0; i < 2; ++i) {
        contact_line *line = p->line + i;
        const int rises = i == 1 && p->loaded;
        double before[2];
        if (!line->free && !rises)
            continue;
        memcpy(before, line->place, sizeof before);
        if (line->free)
            line->u += part * *change++;
        if (rises)
            line->lift += part * *change++;
        put(line);
        for (int k = 0; k < count; ++k)
            for (int c = 0; c < 2; ++c)
                x[2 * k + c] += (i ? xi[k] : 1.0 - xi[k]) * (line->place[c] - before[c]);
    }
    p->pressure += part * *change;
}

/* For Python: unknowns of the ends, as `newton` takes them. */
int ends(problem *p, end_unknown *found, double *coupling, double *excess)
{
    put_ends(p);
    return unknowns(p, found, coupling, excess);
}

/* For Python: a step of `newton`. */
void displace(const double *xi, int elements, const double *normal, const double *change,
              problem *p, double *x)
{
    put_ends(p);
    move(xi, elements, normal, change, 1.0, p, x);
}

/* Room for a system's matrix and vectors, these behind 2 numbers a node of the caller's own; to be
 * released, and freed. Returns whether there was memory for it. */
static int reserve(linear *l, double **own)
{
    const int count = nodes_of(l->elements), size = count + MOST_ENDS + 1;
    *own = malloc(sizeof(double) * (6 * count + 2 * size));
    if (!*own || !allocate(l))
        return 0;
    l->volume = *own + 2 * count;
    l->normal = l->volume + 2 * count;
    l->right = l->normal + 2 * count;
    l->change = l->right + size;
    return 1;
}

/* For Python: by how much a body on the last end rises, with everything at rest, for a load of one
 * less; not a number where the matrix is singular. Returns whether there was memory for it. */
int compliance(const double *slope, const double *xi, int elements, problem *p, const double *x,
               double *rise)
{
    double *gradient, excess, sizes[2];
    linear l = {.elements = elements, .closed = !p->line[1].edge, .ends = MOST_ENDS,
                .slope = slope, .xi = xi, .bond = p->bond};
    const int enough = reserve(&l, &gradient);
    if (enough) {
        l.gradient = gradient;
        p->loaded = 1;
        put_ends(p);
        l.ends = unknowns(p, l.end, &l.coupling, &excess);
        weigh(&l, x, p->pressure, excess);
        linearise(&l, x, p->pressure, NULL);
        const int height = unknowns_of(&l) - 2; /* the last unknown but the pressure */
        memset(l.right, 0, sizeof(double) * unknowns_of(&l));
        l.right[height] = 1.0;
        step(&l, sizes);
        *rise = isfinite(sizes[0]) ? l.change[height] : NAN;
    }
    release(&l);
    free(gradient);
    return enough;
}

/* Newton's method from a guess, whose nodes move; `gradient` is what `gradients` finds in the end.
 * First they follow the guess's ends to where its lines are.
 *
 * Fast at its end, where its matrix hardly changes, it goes on with the last one. What it says of
 * the result (`step`: what one more step would move) is of one more balance. */
int solve(const double *slope, const double *xi, int elements, problem *p, double *x,
          double *gradient)
{
    const int count = nodes_of(elements);
    double *guess;
    linear l = {.elements = elements, .closed = !p->line[1].edge, .ends = MOST_ENDS,
                .slope = slope, .xi = xi, .bond = p->bond, .gradient = gradient};
    double length = 0.0, before = INFINITY, excess, sizes[2] = {0.0, 0.0}, widest = 0.0;
    int matrices = 0, kept = 0, done = 0, status = reserve(&l, &guess) ? SOLVED : NO_MEMORY;
    put_ends(p);
    follow(xi, elements, p->line[0].place, l.closed ? x + 2 * count - 2 : p->line[1].place, x);
    if (status == SOLVED)
        memcpy(guess, x, sizeof(double) * 2 * count);
    for (int k = 0; k < 2 * count - 2; ++k)
        length += fabs(x[k + 2] - x[k]);
    p->iterations = 0;
    p->step = INFINITY;
    while (status == SOLVED) {
        l.ends = unknowns(p, l.end, &l.coupling, &excess);
        weigh(&l, x, p->pressure, excess);
        if (!kept && !done) {
            linearise(&l, x, p->pressure, NULL);
            ++matrices;
        }
        step(&l, sizes);
        p->step = sizes[0] / length;
        if (!isfinite(p->step))
            status = SINGULAR;
        if (done || p->step < STILL || status != SOLVED)
            break;
        move(xi, elements, l.normal, l.change, p->step > LARGEST ? LARGEST / p->step : 1.0, p, x);
        ++p->iterations;
        /* steps with a matrix that is kept fall by the same part again and again */
        done = p->step < p->tolerance
            && (!kept || p->step * p->step < fmax(LEFT, p->tolerance * p->tolerance) * before);
        kept = p->step < (kept ? FALLS * before : KEPT);
        before = p->step;
        if (!kept && !done && matrices == p->most)
            status = NOT_CONVERGED;
    }
    if (status == SOLVED) {
        p->moved = 0.0;
        for (int k = 0; k < 2 * count; k += 2) {
            const double by[2] = {x[k] - guess[k], x[k + 1] - guess[k + 1]};
            p->moved = fmax(p->moved, sqrt(dot(by, by)));
            widest = fmax(widest, fabs(x[k]));
        }
        p->residual = sizes[1] / widest;
        p->volume_error = fabs(l.right[unknowns_of(&l) - 1] / p->volume);
    }
    if (status != NO_MEMORY)
        react(xi, elements, x, p->bond, p->pressure, gradient, &p->acts);
    release(&l);
    free(guess);
    return status;
}

/* Coarse equilibria from guesses, many at once: their lines are held where the guesses' ends are.
 * Closed ones end on the axis. Where there are `weights`, they press the last ends down, which rise
 * (`lift`) until the liquid carries them. `pull`, `rises`: see `reaction`. Where
 * the method fails, or there is no guess (not a number), `converged` is 0. Returns whether there was
 * memory for it. */
int relax(const double *slope, const double *xi, int elements, int copies, int closed, double bond,
          const double *volumes, const double *weights, double tolerance, int most, double *x,
          double *pressure, double *lift, double *pull, double *rises, int *converged)
{
    const int count = nodes_of(elements);
    double *gradient = malloc(2 * sizeof(double) * count);
    int enough = gradient != NULL;
    for (int copy = 0; enough && copy < copies; ++copy, x += 2 * count, pull += 4) {
        problem p = {.bond = bond, .pressure = pressure[copy], .volume = volumes[copy],
                     .tolerance = tolerance, .most = most, .loaded = weights != NULL};
        edge points[2];
        for (int i = 0; i < 2 - closed; ++i) { /* lines that stay are on no edge, but on a point */
            const double *at = x + (i ? 2 * count - 2 : 0);
            points[i] = (edge){.kind = LINE, .a = {at[0], at[1]}, .b = {at[0], at[1]}, .last = 1.0};
            p.line[i] = (contact_line){.edge = points + i, .scale = 1.0};
        }
        if (weights)
            p.load = weights[copy];
        const int status = solve(slope, xi, elements, &p, x, gradient);
        enough = status != NO_MEMORY;
        converged[copy] = status == SOLVED;
        pressure[copy] = p.pressure;
        lift[copy] = p.line[1].lift;
        memcpy(pull, p.acts.pull, sizeof p.acts.pull);
        rises[copy] = p.acts.rise;
        /* a surface that its nodes do not tell leaves them in zigzags, and pulls at random */
        if (closed && !(sqrt(dot(pull, pull)) < TOLD))
            converged[copy] = 0;
    }
    free(gradient);
    return enough;
}
