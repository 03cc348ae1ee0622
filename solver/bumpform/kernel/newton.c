/* Newton's step of a free surface, the elements condensed. */

#include "newton.h"

int unknowns_of(const linear *l)
{
    return nodes_of(l->elements) + l->ends + 1;
}

/* How many unknowns are left when inner nodes are eliminated. */
static int left_of(const linear *l)
{
    return l->elements + 1 + l->ends + 1;
}

int allocate(linear *l)
{
    const int left = left_of(l);
    l->element = malloc(sizeof(condensed) * l->elements);
    l->rows = malloc(sizeof(double) * left * left);
    l->pivot = malloc(sizeof(int) * left);
    return l->element && l->rows && l->pivot;
}

void release(linear *l)
{
    free(l->element);
    free(l->rows);
    free(l->pivot);
}

/* Unit normals at the nodes, into the gas's side; none where a contact line holds the node. */
static void normals(const double *slope, int elements, int closed, const double *x, double *normal)
{
    const int count = nodes_of(elements);
    memset(normal, 0, 2 * sizeof(double) * count);
    for (int e = 0; e < elements; ++e)
        for (int i = 0; i < NODES; ++i) {
            const int start = e * (NODES - 1);
            double *n = normal + 2 * (start + i);
            for (int j = 0; j < NODES; ++j) {
                const double *p = x + 2 * (start + j), s = slope[NODES * i + j];
                n[0] -= s * p[1];
                n[1] += s * p[0];
            }
        }
    for (int k = 1; k < count - 1; ++k) {
        const double speed = sqrt(dot(normal + 2 * k, normal + 2 * k));
        normal[2 * k] /= speed;
        normal[2 * k + 1] /= speed;
    }
    normal[0] = normal[1] = normal[2 * count - 2] = 0.0;
    normal[2 * count - 1] = closed ? 1.0 : 0.0;
}

/* Triangular factors of a matrix in its place: Gauss's elimination with pivots. */
static void factorise(double *rows, int size, int *pivot)
{
    for (int k = 0; k < size; ++k) {
        int best = k;
        for (int i = k + 1; i < size; ++i)
            if (fabs(rows[i * size + k]) > fabs(rows[best * size + k]))
                best = i;
        pivot[k] = best;
        if (best != k)
            for (int j = 0; j < size; ++j) {
                const double kept = rows[k * size + j];
                rows[k * size + j] = rows[best * size + j];
                rows[best * size + j] = kept;
            }
        for (int i = k + 1; i < size; ++i) {
            const double part = rows[i * size + k] / rows[k * size + k];
            rows[i * size + k] = part;
            if (part != 0.0)
                for (int j = k + 1; j < size; ++j)
                    rows[i * size + j] -= part * rows[k * size + j];
        }
    }
}

/* The solution of a factorised system replaces its right side. */
static void substitute(const double *rows, int size, const int *pivot, double *b)
{
    for (int k = 0; k < size; ++k) {
        const double kept = b[pivot[k]];
        b[pivot[k]] = b[k];
        b[k] = kept;
    }
    for (int k = 1; k < size; ++k)
        for (int i = 0; i < k; ++i)
            b[k] -= rows[k * size + i] * b[i];
    for (int k = size - 1; k >= 0; --k) {
        for (int i = k + 1; i < size; ++i)
            b[k] -= rows[k * size + i] * b[i];
        b[k] /= rows[k * size + k];
    }
}

/* What is out of balance. `excess`: the solid side's volume less the volume asked for. */
void weigh(linear *l, const double *x, double pressure, double excess)
{
    const int count = nodes_of(l->elements);
    gradients(l->elements, x, l->bond, pressure, l->gradient, l->volume);
    normals(l->slope, l->elements, l->closed, x, l->normal);
    double total = 0.0;
    for (int k = 0; k < count; ++k) {
        l->right[k] = -dot(l->normal + 2 * k, l->gradient + 2 * k);
        total += dot(l->volume + 2 * k, x + 2 * k);
    }
    for (int m = 0; m < l->ends; ++m) {
        const end_unknown *end = l->end + m;
        double pull[2] = {0.0, 0.0}, growth[2] = {0.0, 0.0};
        for (int k = 0; k < count; ++k) {
            const double fade = end->last != 0.0 ? l->xi[k] : 1.0 - l->xi[k];
            for (int c = 0; c < 2; ++c) {
                pull[c] += fade * l->gradient[2 * k + c];
                growth[c] += fade * l->volume[2 * k + c];
            }
        }
        l->right[count + m] = -dot(pull, end->d1) - end->first;
        l->bent[m] = dot(pull, end->d2) + end->second;
        l->border[m] = -dot(growth, end->d1) - end->volume;
    }
    l->right[count + l->ends] = total / 3.0 + excess; /* the volume is cubic in the nodes */
}

/* An element's Hessian by normal displacements of its nodes and the ends' unknowns. */
static void project(const linear *l, int e, const double *x, double pressure,
                    double local[LOCAL][LOCAL])
{
    const int start = e * (NODES - 1), size = NODES + l->ends;
    const double *node = x + 2 * start, *normal = l->normal + 2 * start;
    /* r, z, r', z' at every point by every unknown, and the forces that answer */
    double moved[LOCAL][POINTS][4], force[LOCAL][POINTS][4];
    for (int q = 0; q < POINTS; ++q) {
        double w[5] = {0.0, 0.0, 0.0, 0.0, pressure}; /* r, z, r', z', p */
        double bend[4][4] = {{0.0}};                  /* by the first four */
        for (int i = 0; i < NODES; ++i) {
            const double v = value[q][i], s = rise[q][i];
            w[0] += v * node[2 * i];
            w[1] += v * node[2 * i + 1];
            w[2] += s * node[2 * i];
            w[3] += s * node[2 * i + 1];
        }
        for (int i = 0; i < NODES; ++i)
            for (int c = 0; c < 2; ++c) {
                moved[i][q][c] = value[q][i] * normal[2 * i + c];
                moved[i][q][2 + c] = rise[q][i] * normal[2 * i + c];
            }
        for (int m = 0; m < l->ends; ++m) {
            const double last = (e + point[q]) / l->elements, slope = 1.0 / l->elements;
            for (int c = 0; c < 2; ++c) {
                const double d1 = l->end[m].d1[c];
                moved[NODES + m][q][c] = (l->end[m].last != 0.0 ? last : 1.0 - last) * d1;
                moved[NODES + m][q][2 + c] = (l->end[m].last != 0.0 ? slope : -slope) * d1;
            }
        }
        INTEGRATE(bend, &bend[0][0], w, &l->bond);
        for (int c = 0; c < 4; ++c)
            for (int d = 0; d < 4; ++d)
                bend[c][d] *= weight[q];
        for (int a = 0; a < size; ++a) {
            const double *m = moved[a][q];
            double *f = force[a][q];
            for (int c = 0; c < 4; ++c) /* bend is symmetric */
                f[c] = bend[0][c] * m[0] + bend[1][c] * m[1] + bend[2][c] * m[2] + bend[3][c] * m[3];
        }
    }
    for (int a = 0; a < size; ++a)
        for (int b = 0; b <= a; ++b) {
            const double *f = force[a][0], *m = moved[b][0];
            double sum[4] = {0.0, 0.0, 0.0, 0.0};
            for (int k = 0; k < 4 * POINTS; k += 4)
                for (int c = 0; c < 4; ++c)
                    sum[c] += f[k + c] * m[k + c];
            local[a][b] = local[b][a] = sum[0] + sum[1] + (sum[2] + sum[3]);
        }
}

/* What a matrix has that no element knows: the ends' own terms, the volume's border, and ones for
 * nodes that are no unknowns. Its unknowns are every `stride`-th node, the ends', the pressure. */
static void add_borders(const linear *l, int stride, double *matrix)
{
    const int nodes = (nodes_of(l->elements) - 1) / stride + 1, last = nodes + l->ends;
    const int width = last + 1;
    for (int k = 0; k < nodes; ++k) {
        const int node = 2 * k * stride;
        const double share = -dot(l->normal + node, l->volume + node);
        matrix[k * width + last] += share;
        matrix[last * width + k] += share;
    }
    for (int m = 0; m < l->ends; ++m) {
        const int k = nodes + m;
        matrix[k * width + k] += l->bent[m];
        matrix[k * width + last] += l->border[m];
        matrix[last * width + k] += l->border[m];
    }
    if (l->coupling != 0.0) {
        matrix[(last - 1) * width + last - 2] += l->coupling;
        matrix[(last - 2) * width + last - 1] += l->coupling;
    }
    matrix[0] = 1.0;
    if (!l->closed)
        matrix[(nodes - 1) * width + nodes - 1] = 1.0;
}

/* The factors of the matrix where `weigh` was; where asked for, the matrix itself as well, which
 * is minus the derivative of `right`. */
void linearise(linear *l, const double *x, double pressure, double *matrix)
{
    const int count = nodes_of(l->elements), size = unknowns_of(l), left = left_of(l);
    const int sides = 2 + l->ends + 1;
    memset(l->rows, 0, sizeof(double) * left * left);
    if (matrix)
        memset(matrix, 0, sizeof(double) * size * size);
    for (int e = 0; e < l->elements; ++e) {
        const int start = e * (NODES - 1);
        double local[LOCAL][LOCAL];
        /* what inner nodes are coupled to: where it is in `local`, and in what is left */
        int from[SIDES] = {0, NODES - 1}, to[SIDES] = {e, e + 1};
        condensed *in = l->element + e;
        project(l, e, x, pressure, local);
        for (int m = 0; m <= l->ends; ++m) {
            from[2 + m] = NODES + m; /* the pressure last */
            to[2 + m] = l->elements + 1 + m;
        }
        for (int i = 0; i < INNER; ++i) {
            const int node = 2 * (start + i + 1);
            memcpy(in->inner + i * INNER, local[i + 1] + 1, sizeof(double) * INNER);
            for (int s = 0; s < sides - 1; ++s)
                in->coupled[s][i] = local[i + 1][from[s]];
            in->coupled[sides - 1][i] = -dot(l->normal + node, l->volume + node);
        }
        factorise(in->inner, INNER, in->pivot);
        for (int s = 0; s < sides; ++s) {
            memcpy(in->solved[s], in->coupled[s], sizeof in->solved[s]);
            substitute(in->inner, INNER, in->pivot, in->solved[s]);
        }
        for (int a = 0; a < sides; ++a)
            for (int b = 0; b < sides; ++b) {
                double sum = a < sides - 1 && b < sides - 1 ? local[from[a]][from[b]] : 0.0;
                for (int i = 0; i < INNER; ++i)
                    sum -= in->coupled[a][i] * in->solved[b][i];
                l->rows[to[a] * left + to[b]] += sum;
            }
        if (matrix)
            for (int a = 0; a < NODES + l->ends; ++a)
                for (int b = 0; b < NODES + l->ends; ++b) {
                    const int i = a < NODES ? start + a : count + a - NODES;
                    const int j = b < NODES ? start + b : count + b - NODES;
                    matrix[i * size + j] += local[a][b];
                }
    }
    add_borders(l, NODES - 1, l->rows);
    if (matrix)
        add_borders(l, 1, matrix);
    factorise(l->rows, left, l->pivot);
}

/* The step from what is out of balance, with the matrix as it was factorised last. `sizes` are
 * its largest displacement (not finite where there is no step) and the largest force. */
void step(linear *l, double *sizes)
{
    const int count = nodes_of(l->elements), size = unknowns_of(l), sides = 2 + l->ends + 1;
    const int last = l->elements + 1; /* the first of what is no node, in what is left */
    double outer[left_of(l)];
    for (int e = 0; e <= l->elements; ++e)
        outer[e] = l->right[e * (NODES - 1)];
    memcpy(outer + last, l->right + count, sizeof(double) * (l->ends + 1));
    for (int e = 0; e < l->elements; ++e) {
        const condensed *in = l->element + e;
        double *inner = l->change + e * (NODES - 1) + 1;
        memcpy(inner, l->right + e * (NODES - 1) + 1, sizeof(double) * INNER);
        substitute(in->inner, INNER, in->pivot, inner);
        for (int a = 0; a < sides; ++a)
            for (int i = 0; i < INNER; ++i)
                outer[a < 2 ? e + a : last + a - 2] -= in->coupled[a][i] * inner[i];
    }
    substitute(l->rows, left_of(l), l->pivot, outer);
    for (int e = 0; e <= l->elements; ++e)
        l->change[e * (NODES - 1)] = outer[e];
    memcpy(l->change + count, outer + last, sizeof(double) * (l->ends + 1));
    for (int e = 0; e < l->elements; ++e)
        for (int a = 0; a < sides; ++a)
            for (int i = 0; i < INNER; ++i)
                l->change[e * (NODES - 1) + 1 + i]
                    -= l->element[e].solved[a][i] * outer[a < 2 ? e + a : last + a - 2];

    double total = 0.0; /* not finite as soon as one of the numbers is not */
    sizes[0] = sizes[1] = 0.0;
    for (int k = 0; k < size; ++k) {
        double move = fabs(l->change[k]), force = fabs(l->right[k]);
        total += move + force;
        if (k == size - 1)
            break;
        if (k >= count) {
            const double *d1 = l->end[k - count].d1, speed = sqrt(dot(d1, d1));
            move *= speed;
            force /= speed;
        }
        if (move > sizes[0])
            sizes[0] = move;
        if (force > sizes[1])
            sizes[1] = force;
    }
    if (!isfinite(total))
        sizes[0] = NAN;
}

/* For Python: Newton's step at fixed volume, with what it comes from. `ends` are so many unknowns of
 * the ends. Returns whether there was memory for it. */
int newton(const double *slope, const double *xi, int elements, int closed, int ends,
           const end_unknown *unknowns, double coupling, const double *x, double bond, double pressure,
           double excess, double *gradient, double *volume, double *normal, double *right,
           double *change, double *sizes, double *matrix)
{
    linear l = {.elements = elements, .closed = closed, .ends = ends, .slope = slope, .xi = xi,
                .bond = bond, .coupling = coupling, .gradient = gradient, .volume = volume,
                .normal = normal, .right = right, .change = change};
    const int enough = allocate(&l);
    if (enough) {
        memcpy(l.end, unknowns, sizeof(end_unknown) * ends);
        weigh(&l, x, pressure, excess);
        linearise(&l, x, pressure, matrix);
        step(&l, sizes);
    }
    release(&l);
    return enough;
}
