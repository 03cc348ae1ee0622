/* The linear system of a free surface, which newton.c solves and solve.c steps with. */
#ifndef BUMPFORM_NEWTON_H
#define BUMPFORM_NEWTON_H

#include "internal.h"

enum {
    INNER = NODES - 2,
    MOST_ENDS = 3,         /* unknowns of the ends: two contact lines and the height of a body */
    SIDES = 2 + MOST_ENDS + 1, /* what an element's inner nodes are coupled to: its two ends'
                                  nodes, the ends' unknowns, the pressure */
    LOCAL = NODES + MOST_ENDS,
};

/* An element whose inner nodes are eliminated. */
typedef struct {
    double inner[INNER * INNER];   /* in triangular factors */
    int pivot[INNER];
    double coupled[SIDES][INNER];  /* the inner nodes' rows, by what they are coupled to */
    double solved[SIDES][INNER];   /* the same, by the inverse of `inner` */
} condensed;

/* The linear system of a meridian: its unknowns are the normal displacements of all nodes (those
 * of contact lines stay zero), the ends' unknowns, the pressure, in this order. */
typedef struct {
    int elements, closed, ends;
    const double *slope, *xi;      /* of the reference mesh */
    double bond, coupling;         /* the second: between the last two of the ends' unknowns */
    end_unknown end[MOST_ENDS];
    /* what is out of balance */
    double *gradient, *volume;     /* of the Lagrangian and the volume by the nodes */
    double *normal;                /* unit normals at the nodes */
    double *right;                 /* forces by the unknowns, and the missing volume */
    double bent[MOST_ENDS];        /* second derivative that no element has */
    double border[MOST_ENDS];      /* derivative of minus the volume */
    /* the matrix in factors, and a step */
    condensed *element;
    double *rows;                  /* between the elements' ends, the ends and the pressure */
    int *pivot;
    double *change;
} linear;

int unknowns_of(const linear *l);
int allocate(linear *l);
void release(linear *l);
void weigh(linear *l, const double *x, double pressure, double excess);
void linearise(linear *l, const double *x, double pressure, double *matrix);
void step(linear *l, double *sizes);

#endif
