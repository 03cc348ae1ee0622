/* What the files of C offer to Python, and know of each other. Both C and cffi read this file, so
 * there is nothing in it for the preprocessor. Points are (r, z), alternating; lengths of edges are
 * in metres, those of free surfaces scaled. */

/* A part of a plane curve, from one parameter t of it to another: solid. By its kind, a line from
 * a (t = 0) to b (t = 1); an arc about a with radius b[0], t the polar angle; or polynomial pieces,
 * of x = 2 (t - e) - 1 on piece e, and what lies at a signed distance to their left. */
enum { LINE, ARC, PIECES };
typedef struct {
    int kind;
    double first, last;        /* t at its start and at its end */
    double a[2], b[2];
    const double *coefficients; /* those of one power after the other, piece by piece */
    int powers;
    double distance;
    int spans;                 /* the curve is smooth on each: from origin + k span on */
    double origin, span;
} edge;

void through(const double *matrix, int pieces, int powers, const double *points,
             double *coefficients);
void place(const edge *e, int order, double u, double *values);
void places(const edge *e, int order, int count, const double *u, double *values);
void jet(const edge *e, double u, double *numbers);
int samples(const edge *e, int steps);
int spread(const edge *e, int steps, double *u, double *points, double *slopes);
void tips(const edge *e, double *points);
void integrals(const edge *e, double from, double to, double *sums);
void volumes(const edge *e, int count, const double *u, double *sums);
void reach(const edge *e, double *bounds);
double nearest(const edge *e, const double *point);
double foot(const edge *e, const double *point, double low, double high);
int nearest_of(int count, const edge *const *edges, const double *point, double *u);

/* What an edge is to those who look at it: a box round it, and its longest chord. */
typedef struct {
    const edge *edge;
    double low[2], high[2], longest;
} side;

void look(int count, const edge *const *edges, side *sides);
int within(int count, const side *sides, const double *low, const double *high, int *numbers);
int feet(const side *s, const double *point, double reach, double known, int most,
         double *distances, double *u);
int rough_feet(const edge *e, int count, const double *points, double *distances, double *u);
double chain_foot(int count, const edge *const *edges, const double *point, int *number,
                  double *u);
int near_to(const side *s, const double *point, double distance);
int is_blocked(int count, const side *sides, const double *start, const double *end, int one,
               int other, double known, double slack);
int meet(const edge *one, const edge *other, double slack, double *u, double *w);
int is_apart(int count, const double *points, int edges, const side *solid);
int is_clear(const edge *surface, int between, int count, const side *solid);
int is_free(const edge *surface, int between, int close, const double *closer, int count,
            const side *solid);
int crossings(int count, int ours, const edge *const *edges, double slack, int most, int *pairs,
              double *found);

/* What is read off a meridian. */
typedef struct {
    double widest[2], top[2];  /* where r, where z is largest */
    double area, weight;       /* A and W */
    double length;             /* of the chords between its nodes */
    double slowest, fastest, mean; /* |X'| by xi at the nodes of all elements */
} survey;

/* How a meridian acts on its ends. */
typedef struct {
    double pull[2][2];         /* vectors along the surface, away from its first and last end */
    double rise;               /* of a cap's surface at its line, towards the axis */
    double lift;               /* force on the last end, upwards */
} reaction;

extern const double node_places[];
void gradients(int elements, const double *x, double bond, double pressure, double *gradient,
               double *volume);
void energies(int elements, int copies, const double *x, double *sums);
void read_off(const double *monomials, const double *slope, int elements, const double *x,
              survey *s);
void react(const double *xi, int elements, const double *x, double bond, double pressure,
           const double *gradient, reaction *found);
void follow(const double *xi, int elements, const double *first, const double *last, double *x);
void second_variation(int elements, const double *x, double bond, double pressure,
                      double *stiffness, double *inverse, double *mass);
int lowest(int count, int first, int last, const double *stiffness, const double *inverse,
           const double *mass, double square, int keeps_volume, double *value);

/* An unknown of an end moves the nodes by (1 - xi) d1 at the first, by xi d1 at the last end. */
typedef struct {
    double last;               /* 0 or 1 */
    double d1[2], d2[2];       /* of the end's place: first and second derivative by the unknown */
    double first, second;      /* derivatives of the solid side's energy */
    double volume;             /* derivative of the solid side's volume */
} end_unknown;

/* A contact line on an edge of solid, or the axis. */
typedef struct {
    const edge *edge;          /* none: on the axis */
    int free;                  /* whether it slides */
    double scale, u, lift;     /* the length L; place on the edge; scaled rise of the body */
    double tension, side;      /* what the solid side's densities count for: see weak_forms.py */
    double before;             /* volume of the solid side up to the edge's start */
    /* scaled place, its derivatives by u, the solid side's volume, and up to which u that is known */
    double place[2], d1[2], d2[2], volume, known;
} contact_line;

/* A surface to solve, and solved. */
typedef struct {
    contact_line line[2];      /* of the first end and of the last */
    double bond, pressure, volume;
    int loaded;                /* whether the last end carries `load` and finds its height */
    double load;
    double tolerance;          /* largest step, over the guess's length, after which to stop */
    int most;                  /* matrices after which to give up */
    int iterations;
    double step, residual, volume_error, moved; /* see newton.py's Surface */
    reaction acts;             /* of where it ends */
} problem;

enum { SOLVED, NO_MEMORY, SINGULAR, NOT_CONVERGED };
int newton(const double *slope, const double *xi, int elements, int closed, int ends,
           const end_unknown *unknowns, double coupling, const double *x, double bond,
           double pressure, double excess, double *gradient, double *volume, double *normal,
           double *right, double *change, double *sizes, double *matrix);
int ends(problem *p, end_unknown *found, double *coupling, double *excess);
void displace(const double *xi, int elements, const double *normal, const double *change,
              problem *p, double *x);
int compliance(const double *slope, const double *xi, int elements, problem *p, const double *x,
               double *rise);
int solve(const double *slope, const double *xi, int elements, problem *p, double *x,
          double *gradient);
int relax(const double *slope, const double *xi, int elements, int copies, int closed, double bond,
          const double *volumes, const double *weights, double tolerance, int most, double *x,
          double *pressure, double *lift, double *pull, double *rises, int *converged);

void caps(const double *xi, int elements, int copies, const double *points, const double *volumes,
          double bond, double *x, double *pressure);
int line_forces(const double *slope, const double *xi, int elements, int parts,
                const edge *const *edges, const int *sizes, const double *below,
                const double *young, const double *headings, double scale, double neck,
                double volume, double bond, double tolerance, int most, const double *u, double *x,
                double *pressure, double *force, int *converged);
enum { UNDEFINED, UNRESOLVED, RESOLVED };
int resolution(int count, const double *coefficients, double share, const double *f);
int tells(int count, int denser, const double *coefficients, const double *matrix,
          const double *places, double low, double stretch, double tail, double next_to,
          const double *f, double *u, double *fine);
void spread_out(int count, const double *places, double low, double stretch, double *u);

double arc(const double *xi, int elements, const double *ends, double volume, double *x);
void arcs(const double *xi, int elements, int copies, const double *first, const double *last,
          const double *volumes, double *x, double *curvature);
