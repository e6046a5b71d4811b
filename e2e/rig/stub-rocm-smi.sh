#!/bin/sh
# Stands in for rocm-smi on a node of the rig: one card.
case $* in
*--showproductname*)
	echo '{"card0": {"Card Series": "Radeon RX 7900 XT", "Unique ID": "0x2f1c5a3b9d7e0441"}, "system": {"Driver version": "6.7.0"}}'
	;;
*) echo '{"card0": {"Temperature (Sensor edge) (C)": "49.0", "Average Graphics Package Power (W)": "128.0", "GPU use (%)": "77", "VRAM Total Memory (B)": "21458059264", "VRAM Total Used Memory (B)": "10737418240"}}' ;;
esac
