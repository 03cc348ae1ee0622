/* Plane curves (r, z) in polynomial pieces, and those at a distance beside them. */

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

/* Place and first three derivatives by t at t, by Horner's rule: r and z of each, in this order.
 * On piece e the coefficients are those of the powers of x = 2 (t - e) - 1, r and z alternating. */
static void along_pieces(const double *coefficients, int pieces, int powers, double t,
                         double found[4][2])
{
    const int e = t >= pieces ? pieces - 1 : t > 0.0 ? (int)t : 0;
    const double x = 2.0 * (t - e) - 1.0, *c = coefficients + 2 * e * powers;
    for (int order = 0; order < 4; ++order)
        found[order][0] = found[order][1] = 0.0;
    for (int k = powers - 1; k >= 0; --k) {
        double factor = 1.0; /* of x^k derived so many times */
        for (int order = 0; order < 4 && order <= k; ++order) {
            for (int i = 0; i < 2; ++i)
                found[order][i] = found[order][i] * x + c[2 * k + i] * factor;
            factor *= 2.0 * (k - order);
        }
    }
}

/* Place, first and second derivative by t of the curve at a signed distance to the left. */
static void beside(double found[4][2], double distance)
{
    const double *p = found[0], *a = found[1], *b = found[2], *c = found[3];
    const double square = dot(a, a), speed = sqrt(square), cube = speed * square;
    const double left[2] = {-a[1], a[0]};
    const double bend = (a[0] * b[1] - a[1] * b[0]) / cube;
    const double rate = (a[0] * c[1] - a[1] * c[0]) / cube - 3.0 * bend * dot(a, b) / square;
    double moved[3][2];
    for (int i = 0; i < 2; ++i) {
        moved[0][i] = p[i] + distance * left[i] / speed;
        moved[1][i] = a[i] * (1.0 - distance * bend);
        moved[2][i] = b[i] * (1.0 - distance * bend) - a[i] * (distance * rate);
    }
    memcpy(found, moved, sizeof moved);
}

/* Places (order 0), first or second derivatives at so many t; `distance`: of the curve beside. */
void curve(const double *coefficients, int pieces, int powers, double distance, int order, int count,
           const double *t, double *values)
{
    for (int i = 0; i < count; ++i) {
        double found[4][2];
        along_pieces(coefficients, pieces, powers, t[i], found);
        if (distance != 0.0)
            beside(found, distance);
        memcpy(values + 2 * i, found[order], 2 * sizeof(double));
    }
}

/* All three at one t. */
void jet(const double *coefficients, int pieces, int powers, double distance, double t,
         double *numbers)
{
    double found[4][2];
    along_pieces(coefficients, pieces, powers, t, found);
    if (distance != 0.0)
        beside(found, distance);
    memcpy(numbers, found, 6 * sizeof(double));
}

/* Fractions from 0 to 1 of the part from one t to another, rising, with so many steps on each piece,
 * and there the places and first derivatives by the fraction, of the curve beside where there is a
 * distance. Gives their number: a part may reach past
 * the first piece and the last. */
int spread(const double *coefficients, int pieces, int powers, double distance, double first,
           double last, int steps, double *u, double *points, double *slopes)
{
    const double low = fmin(first, last), high = fmax(first, last);
    int count = 0;
    double a, b = low;
    do {
        a = b;
        b = fmax(0.0, floor(a) + 1.0);
        if (!(b < high && b <= pieces))
            b = high;
        for (int k = 0; k < steps; ++k)
            u[count++] = a + (b - a) * ((double)k / steps);
    } while (b < high);
    u[count++] = high;
    for (int i = 0; i < count; ++i)
        u[i] = (u[i] - first) / (last - first);
    for (int i = 0; last < first && i < count / 2; ++i) {
        const double swapped = u[i];
        u[i] = u[count - 1 - i];
        u[count - 1 - i] = swapped;
    }
    for (int i = 0; i < count; ++i) {
        double found[4][2];
        along_pieces(coefficients, pieces, powers, first * (1.0 - u[i]) + last * u[i], found);
        if (distance != 0.0)
            beside(found, distance);
        for (int axis = 0; axis < 2; ++axis) {
            points[2 * i + axis] = found[0][axis];
            slopes[2 * i + axis] = found[1][axis] * (last - first);
        }
    }
    return count;
}

/* Gauss's rule for -1 ... 1 with GAUSS points: those above zero, and their weights. */
enum { GAUSS = 16 };
static const double above_zero[GAUSS / 2] = {
    0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
    0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
};
static const double gauss_weight[GAUSS / 2] = {
    0.18945061045506864, 0.18260341504492364, 0.16915651939500265, 0.1495959888165767,
    0.12462897125553407, 0.0951585116824926, 0.062253523938647456, 0.027152459411754176,
};

/* Integrals of r^2/2 dz, r^2 z/2 dz and r ds from one t to another, piece by piece; backwards the
 * first two change their sign. */
void moments(const double *coefficients, int pieces, int powers, double distance, double first,
             double last, double *sums)
{
    const double low = fmin(first, last), high = fmax(first, last);
    sums[0] = sums[1] = sums[2] = 0.0;
    for (int e = 0; e < pieces; ++e) {
        const double a = e == 0 ? low : fmax(low, e), b = e == pieces - 1 ? high : fmin(high, e + 1);
        if (!(a < b))
            continue;
        for (int q = 0; q < GAUSS; ++q) {
            const double half = 0.5 * (b - a), *place = above_zero + q / 2;
            double found[4][2];
            along_pieces(coefficients, pieces, powers,
                         0.5 * (a + b) + (q % 2 ? half : -half) * *place, found);
            if (distance != 0.0)
                beside(found, distance);
            const double r = found[0][0], w = half * gauss_weight[q / 2];
            const double under = 0.5 * r * r * found[1][1] * w;
            sums[0] += under;
            sums[1] += under * found[0][1];
            sums[2] += r * sqrt(dot(found[1], found[1])) * w;
        }
    }
    if (last < first) {
        sums[0] = -sums[0];
        sums[1] = -sums[1];
    }
}
