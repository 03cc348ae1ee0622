/* Newton's steps of free surfaces, the elements condensed. Compiled after elements.c in one file. */

enum {
    INNER = NODES - 2,
    MOST_ENDS = 3,    /* unknowns of the ends: two contact lines and the height of a body */
    SIDES = 2 + MOST_ENDS + 1, /* what an element's inner nodes are coupled to: its two ends'
                                  nodes, the ends' unknowns, the pressure */
    LOCAL = NODES + MOST_ENDS,
};

/* An unknown of an end moves the nodes by (1 - xi) d1 at the first, by xi d1 at the last end. */
typedef struct {
    double last;           /* 0 or 1 */
    double d1[2], d2[2];   /* of the end's place: first and second derivative by the unknown */
    double first, second;  /* derivatives of the solid side's energy */
    double volume;         /* derivative of the solid side's volume */
} end_unknown;

/* Unit normals at the nodes, into the gas's side; none where a contact line holds the node. */
static void normals(const double *slope, int elements, int closed, const double *x, double *normal)
{
    const int count = elements * (NODES - 1) + 1;
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

/* Gauss's elimination with pivots, of `size` rows with several right sides; each row is `width`
 * long. The solutions replace the right sides. */
static void eliminate(double *rows, int size, int width)
{
    for (int k = 0; k < size; ++k) {
        int best = k;
        for (int i = k + 1; i < size; ++i)
            if (fabs(rows[i * width + k]) > fabs(rows[best * width + k]))
                best = i;
        if (best != k)
            for (int j = k; j < width; ++j) {
                const double kept = rows[k * width + j];
                rows[k * width + j] = rows[best * width + j];
                rows[best * width + j] = kept;
            }
        for (int i = k + 1; i < size; ++i) {
            const double part = rows[i * width + k] / rows[k * width + k];
            if (part != 0.0)
                for (int j = k + 1; j < width; ++j)
                    rows[i * width + j] -= part * rows[k * width + j];
        }
    }
    for (int k = size - 1; k >= 0; --k)
        for (int j = size; j < width; ++j) {
            double sum = rows[k * width + j];
            for (int i = k + 1; i < size; ++i)
                sum -= rows[k * width + i] * rows[i * width + j];
            rows[k * width + j] = sum / rows[k * width + k];
        }
}

/* An element's Hessian by normal displacements of its nodes and the ends' unknowns. */
static void project(int e, const double *xi, const double *x,
                    double bond, double pressure, const double *normal, int ends,
                    const end_unknown *end, double local[LOCAL][LOCAL])
{
    const int start = e * (NODES - 1), size = NODES + ends;
    double w[2 * NODES + 1], k[2 * NODES][2 * NODES] = {{0.0}};
    double moved[MOST_ENDS][NODES][2]; /* the nodes, by the ends' unknowns */
    double force[LOCAL][NODES][2];     /* on the nodes, by every unknown */
    pack(x + 2 * start, pressure, w);
    INTEGRATE(hessian, &k[0][0], w, &bond);
    for (int i = 0; i < NODES; ++i) {
        const double *n = normal + 2 * (start + along[i]);
        for (int j = 0; j < NODES; ++j)
            for (int c = 0; c < 2; ++c)
                force[along[i]][along[j]][c] = k[2 * j + c][2 * i] * n[0]
                                             + k[2 * j + c][2 * i + 1] * n[1];
    }
    for (int m = 0; m < ends; ++m) {
        for (int i = 0; i < NODES; ++i) {
            const double place = xi[start + i];
            for (int c = 0; c < 2; ++c)
                moved[m][i][c] = (end[m].last != 0.0 ? place : 1.0 - place) * end[m].d1[c];
        }
        for (int j = 0; j < NODES; ++j)
            for (int c = 0; c < 2; ++c) {
                double sum = 0.0;
                for (int i = 0; i < NODES; ++i)
                    sum += k[2 * j + c][2 * i] * moved[m][along[i]][0]
                         + k[2 * j + c][2 * i + 1] * moved[m][along[i]][1];
                force[NODES + m][along[j]][c] = sum;
            }
    }
    for (int a = 0; a < size; ++a) {
        for (int i = 0; i < NODES; ++i)
            local[a][i] = dot(force[a][i], normal + 2 * (start + i));
        for (int m = 0; m < ends; ++m) {
            double sum = 0.0;
            for (int i = 0; i < NODES; ++i)
                sum += dot(force[a][i], moved[m][i]);
            local[a][NODES + m] = sum;
        }
    }
}

/* What a matrix has that no element knows: the ends' own terms, the volume's border, and ones for
 * nodes that are no unknowns. The unknowns are every `stride`-th node, the ends', the pressure. */
static void add_borders(double *matrix, int width, int nodes, int stride, int closed, int ends,
                        double coupling, const double *bent, const double *border,
                        const double *normal, const double *volume)
{
    const int last = nodes + ends;
    for (int k = 0; k < nodes; ++k) {
        const int node = 2 * k * stride;
        const double share = -dot(normal + node, volume + node);
        matrix[k * width + last] += share;
        matrix[last * width + k] += share;
    }
    for (int m = 0; m < ends; ++m) {
        const int k = nodes + m;
        matrix[k * width + k] += bent[m];
        matrix[k * width + last] += border[m];
        matrix[last * width + k] += border[m];
    }
    if (coupling != 0.0) { /* between the last two of the ends' unknowns */
        matrix[(last - 1) * width + last - 2] += coupling;
        matrix[(last - 2) * width + last - 1] += coupling;
    }
    matrix[0] = 1.0;
    if (!closed)
        matrix[(nodes - 1) * width + nodes - 1] = 1.0;
}

/* Newton's step of each meridian, at fixed volume.
 *
 * Unknowns, in this order: normal displacements of all nodes (those of contact lines stay zero),
 * the ends' unknowns, the pressure. `right` is what is out of balance by them, `change` the step,
 * `sizes` its largest displacement (not finite where there is no step) and the largest force.
 * `matrix`, where asked for, is minus the derivative of `right`.
 *
 * An element's inner nodes are eliminated on the element; what is left couples the elements' ends,
 * and is small. Returns whether there was memory for it. */
int newton(const double *slope, const double *xi, int elements, int copies, int closed, int ends,
           const double *unknowns, double coupling, const double *x, double bond,
           const double *pressure, const double *excess, double *gradient, double *volume,
           double *normal, double *right, double *change, double *sizes, double *matrix)
{
    const int count = elements * (NODES - 1) + 1, size = count + ends + 1;
    const int left = elements + 1 + ends + 1, width = left + 1, sides = 2 + ends + 1;
    double *rows = malloc(sizeof(double) * left * width);
    double(*inner)[INNER][INNER + SIDES + 1] = malloc(elements * sizeof *inner);
    if (!rows || !inner) {
        free(rows);
        free(inner);
        return 0;
    }
    gradients(elements, copies, x, bond, pressure, gradient, volume);
    for (int copy = 0; copy < copies; ++copy) {
        const end_unknown *end = (const end_unknown *)unknowns + copy * ends;
        double border[MOST_ENDS]; /* derivative of minus the volume by the ends' unknowns */
        double bent[MOST_ENDS];   /* second derivative that no element has */
        double total = 0.0;

        normals(slope, elements, closed, x, normal);
        for (int k = 0; k < count; ++k) {
            right[k] = -dot(normal + 2 * k, gradient + 2 * k);
            total += dot(volume + 2 * k, x + 2 * k);
        }
        right[size - 1] = total / 3.0 + excess[copy]; /* the volume is cubic in the nodes */
        for (int m = 0; m < ends; ++m) {
            double pull[2] = {0.0, 0.0}, growth[2] = {0.0, 0.0};
            for (int k = 0; k < count; ++k) {
                const double fade = end[m].last != 0.0 ? xi[k] : 1.0 - xi[k];
                for (int c = 0; c < 2; ++c) {
                    pull[c] += fade * gradient[2 * k + c];
                    growth[c] += fade * volume[2 * k + c];
                }
            }
            right[count + m] = -dot(pull, end[m].d1) - end[m].first;
            bent[m] = dot(pull, end[m].d2) + end[m].second;
            border[m] = -dot(growth, end[m].d1) - end[m].volume;
        }

        memset(rows, 0, sizeof(double) * left * width);
        if (matrix)
            memset(matrix, 0, sizeof(double) * size * size);
        for (int e = 0; e < elements; ++e) {
            const int start = e * (NODES - 1);
            double local[LOCAL][LOCAL];
            /* the element's unknowns: where they are in `local`, and in what is left */
            int from[SIDES] = {0, NODES - 1}, to[SIDES] = {e, e + 1};
            double(*in)[INNER + SIDES + 1] = inner[e];
            const int wide = INNER + sides + 1;
            double block[INNER * (INNER + SIDES + 1)];
            project(e, xi, x, bond, pressure[copy], normal, ends, end, local);
            for (int m = 0; m <= ends; ++m) {
                from[2 + m] = NODES + m; /* the pressure last */
                to[2 + m] = elements + 1 + m;
            }
            for (int i = 0; i < INNER; ++i) {
                const int node = start + i + 1;
                double *row = block + i * wide;
                for (int j = 0; j < INNER; ++j)
                    row[j] = local[i + 1][j + 1];
                for (int s = 0; s < sides - 1; ++s)
                    row[INNER + s] = local[i + 1][from[s]];
                row[INNER + sides - 1] = -dot(normal + 2 * node, volume + 2 * node);
                row[INNER + sides] = right[node];
                memcpy(in[i] + INNER, row + INNER, sizeof(double) * (sides + 1));
            }
            eliminate(block, INNER, wide);
            for (int a = 0; a < sides; ++a)
                for (int b = 0; b <= sides; ++b) {
                    double sum = a < sides - 1 && b < sides - 1 ? local[from[a]][from[b]] : 0.0;
                    for (int i = 0; i < INNER; ++i)
                        sum -= in[i][INNER + a] * block[i * wide + INNER + b];
                    rows[to[a] * width + (b < sides ? to[b] : left)] += sum;
                }
            for (int i = 0; i < INNER; ++i)
                memcpy(in[i] + INNER, block + i * wide + INNER, sizeof(double) * (sides + 1));
            if (matrix)
                for (int a = 0; a < NODES + ends; ++a)
                    for (int b = 0; b < NODES + ends; ++b) {
                        const int i = a < NODES ? start + a : count + a - NODES;
                        const int j = b < NODES ? start + b : count + b - NODES;
                        matrix[i * size + j] += local[a][b];
                    }
        }

        add_borders(rows, width, elements + 1, NODES - 1, closed, ends, coupling, bent, border,
                    normal, volume);
        for (int e = 0; e <= elements; ++e)
            rows[e * width + left] += right[e * (NODES - 1)];
        for (int m = 0; m <= ends; ++m)
            rows[(elements + 1 + m) * width + left] += right[count + m];
        if (matrix) {
            add_borders(matrix, size, count, 1, closed, ends, coupling, bent, border, normal,
                        volume);
            matrix += size * size;
        }

        eliminate(rows, left, width);
        for (int e = 0; e <= elements; ++e)
            change[e * (NODES - 1)] = rows[e * width + left];
        for (int m = 0; m <= ends; ++m)
            change[count + m] = rows[(elements + 1 + m) * width + left];
        for (int e = 0; e < elements; ++e)
            for (int i = 0; i < INNER; ++i) {
                const double *row = inner[e][i] + INNER;
                double sum = row[sides] - row[0] * change[e * (NODES - 1)]
                           - row[1] * change[(e + 1) * (NODES - 1)];
                for (int m = 0; m <= ends; ++m)
                    sum -= row[2 + m] * change[count + m];
                change[e * (NODES - 1) + 1 + i] = sum;
            }

        sizes[0] = sizes[1] = 0.0;
        total = 0.0; /* not finite as soon as one of the numbers is not */
        for (int k = 0; k < size; ++k) {
            double move = fabs(change[k]), force = fabs(right[k]);
            total += move + force;
            if (k == size - 1)
                break;
            if (k >= count) {
                const double speed = sqrt(dot(end[k - count].d1, end[k - count].d1));
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

        x += 2 * count;
        gradient += 2 * count;
        volume += 2 * count;
        normal += 2 * count;
        right += size;
        change += size;
        sizes += 2;
    }
    free(rows);
    free(inner);
    return 1;
}
