# docker build -t bumpform .
# docker run --rm -v "$PWD:/data" bumpform run photoimaged_opening
# Add --user "$(id -u):$(id -g)" to own the results. Not multi-stage: dolfinx compiles forms of a user's own
# at run time, so the compiler and Python's headers stay.
FROM debian:trixie-slim

# gmsh's wheel links libGL. Debian's libgl1 depends by way of libglx0 on Mesa (LLVM, about 200 MB), which
# a program without a screen never loads, so the three GLVND libraries are unpacked without dependencies.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates python3 python3-dev python3-venv gcc libc6-dev \
      libglu1-mesa libxcursor1 libxft2 libxinerama1 libgomp1 \
 && cd /tmp && apt-get download libgl1 libglx0 libglvnd0 \
 && for deb in lib*.deb; do dpkg -x "$deb" /; done && rm -f lib*.deb \
 && ldconfig && rm -rf /var/lib/apt/lists/*

# Dependencies in a layer of their own: a change of the package does not fetch them again.
COPY pyproject.toml /tmp/bumpform/
RUN python3 -m venv /opt/venv \
 && python3 -c 'import tomllib; p = tomllib.load(open("/tmp/bumpform/pyproject.toml", "rb"))["project"]; print(*p["dependencies"], *p["optional-dependencies"]["dolfinx"], sep="\n")' > /tmp/bumpform/requirements.txt \
 && /opt/venv/bin/pip install --no-cache-dir -r /tmp/bumpform/requirements.txt

COPY . /tmp/bumpform/
RUN /opt/venv/bin/pip install --no-cache-dir '/tmp/bumpform[dolfinx]' && rm -rf /tmp/bumpform

# Whichever uid runs the container may add to the caches (sticky, like /tmp). HOME is there too, not in
# /data: dolfinx needs one, a uid without an entry in passwd has none, and gmsh leaves a file in it.
RUN useradd --no-create-home --home-dir /var/cache/bumpform --uid 1000 bumpform \
 && cd /var/cache && install -d -m 1777 /data bumpform bumpform/bumpform bumpform/fenics bumpform/matplotlib
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/var/cache/bumpform \
    XDG_CACHE_HOME=/var/cache/bumpform \
    MPLCONFIGDIR=/var/cache/bumpform/matplotlib \
    OMP_NUM_THREADS=1
USER bumpform
WORKDIR /data

# The list of fonts, made once here instead of at the start of every container.
RUN python -c 'import matplotlib.font_manager'

ENTRYPOINT ["bumpform"]
